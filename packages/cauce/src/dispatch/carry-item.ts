import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import { failpoint } from '../model/failpoint.ts'
import { NO_ROWS } from '../model/item-state.ts'
import { CauceError, type ErrorReport } from '../model/cauce-error.ts'
import { findItem } from '../ledger/find-item.ts'
import { findKeptCopy } from '../ledger/find-kept-copy.ts'
import { handBack } from '../ledger/hand-back.ts'
import { isLaterLoad } from '../ledger/is-later-load.ts'
import { listedVersion } from '../ledger/item-version.ts'
import { settleItem, type SettleItemRequest } from '../ledger/settle-item.ts'
import type { ItemRow } from '../ledger/tables.ts'
import type { Stage } from '../perform/messages.ts'
import { findTracing } from '../perform/find-tracing.ts'
import type { ItemOutcome, ItemTask, TaskResult } from '../perform/task.ts'
import { dayBounds } from '../plan/day-bounds.ts'
import { dateInZone } from '../plan/periods.ts'
import { SPOOLED_ORIGINAL } from '../perform/extract.ts'
import { replayPlan } from '../plan/replay-plan.ts'
import type { HeldItems } from './held-items.ts'
import { keepQuarantine } from './keep-quarantine.ts'
import type { Performer, TaskHandlers } from './performer.ts'
import { QUARANTINE_FILES, quarantineFolder } from './quarantine-folder.ts'
import { retryPauseMs } from './retry-pause.ts'
import type { RunContext } from './run-context.ts'

/** What one item came to in this run, and whether the run had better stop. */
export interface Carried {
  readonly item: ItemRow
  readonly outcome: ItemOutcome
  /** Back to pending: interrupted, no access, the file changed under our hands (no try used up); or it failed and has tries left. */
  readonly handedBack: boolean
}

const STAGE_STATE: Readonly<Record<Stage, 'transforming' | 'loading' | undefined>> = {
  extract: undefined,
  transform: 'transforming',
  load: 'loading',
  archive: 'loading',
}

/** Time for whoever changes the file, or holds the database, to finish. */
const HAND_BACK_PAUSE_MS = 2_000

/** Errors that are not the item's fault and pass by themselves: it goes back as it was, and not to this run at once. */
const PAUSED = new Set<string>(['SOURCE_CHANGED', 'DESTINATION_BUSY'])

/** Carries one claimed item to its end with a performer, and settles it in the ledger. */
export async function carryItem(
  context: RunContext,
  { performer, held }: { readonly performer: Performer; readonly held: HeldItems },
  item: ItemRow,
): Promise<Carried> {
  const { emit, signal, seats } = context
  emit({ kind: 'started', item })
  const itemSignal = held.signalOf(item, signal)
  const trace = (await findTracing())?.traceAttempt(item)
  const task = { ...(await itemTask(context, item, performer.folder)), traceContext: trace?.traceContext }
  let carried: Carried | undefined
  try {
    const handlers = (stopped: AbortSignal): TaskHandlers => ({
      onProgress: (stage, { bytes, rows }) => {
        held.note(item, { state: STAGE_STATE[stage], bytes, rows })
        emit({ kind: 'progress', item, stage, bytes, rows })
      },
      onRetry: (stage, { next, error }) => emit({ kind: 'stage-retried', item, stage, next, error }),
      takeSeat: async ({ identity, seat }) => {
        if (identity !== undefined) await held.identify(item, identity)
        return seats.take(seat, stopped, item.id)
      },
      isLater: async (loadKey) => isLaterLoad(context.ledger, item, loadKey),
    })
    const found = outcomeOf(await performer.perform(task, handlers(itemSignal), itemSignal), item)
    // An earlier attempt was lost while it loaded: only the destination's guard knows whether there is anything left to cancel.
    const isInDoubt = found.error !== undefined && held.isCancelled(item) && task.known !== undefined
    const outcome = isInDoubt
      ? outcomeOf(await performer.perform({ ...task, asksOnly: true }, handlers(signal), signal), item)
      : found
    if (isInDoubt && outcome.error?.code !== 'SOURCE_VANISHED') held.forgetCancel(item)
    carried = await settle(context, held, item, outcome)
    await keepQuarantine(context, carried.item, { spooled: join(task.spoolFolder, SPOOLED_ORIGINAL) })
    return carried
  } finally {
    trace?.end(carried)
    await rm(task.spoolFolder, { recursive: true, force: true })
  }
}

async function itemTask(context: RunContext, item: ItemRow, folder: string): Promise<ItemTask> {
  const { plan, settings, ledger, home, runId, clock, referenceDate } = context
  const attempt = `${item.id}_${item.epoch}`
  const { originLoadKey } = item
  const origin = originLoadKey === null ? undefined : await findItem(ledger, { loadKey: originLoadKey })
  return {
    kind: 'item',
    plan: originLoadKey === null ? plan : replayPlan(plan),
    settings:
      originLoadKey === null
        ? settings
        : { ...settings, sourceUrl: home.replays, backupFolder: undefined, deleteSource: false },
    run: runId,
    referenceDate,
    referenceIsExplicit: settings.referenceDate !== undefined,
    spoolFolder: join(folder, attempt),
    item: {
      entry: listedVersion(item),
      generation: item.generation,
    },
    known:
      item.sha256 === null || item.loadKey === null
        ? undefined
        : { sha256: item.sha256, loadKey: item.loadKey },
    attempt: { id: attempt, number: item.attempts, startedMs: clock.now() },
    kept:
      keptInQuarantine(home, item) ?? (item.generation === 0 ? undefined : await findKeptCopy(ledger, item)),
    rejectsFolder: home.rejects,
    replay: originLoadKey === null ? undefined : { loadKey: originLoadKey, item: origin?.key ?? item.key },
  }
}

/** The file that failed, for when its source no longer has it; what may be missing on this host is looked for by who needs it. */
function keptInQuarantine(home: RunContext['home'], item: ItemRow): ItemTask['kept'] {
  if (item.quarantine === null || item.sha256 === null) return undefined
  return { path: join(quarantineFolder(home, item), QUARANTINE_FILES.original), sha256: item.sha256 }
}

function outcomeOf(result: TaskResult, item: ItemRow): ItemOutcome {
  if (result.kind === 'item') return result.outcome
  const error =
    result.kind === 'failed'
      ? result.error
      : new CauceError('BUG', { detail: 'a performer answered another task' }).report()
  return {
    state: 'failed_system',
    counts: NO_ROWS,
    sizeBytes: item.sizeBytes ?? 0,
    sha256: undefined,
    loadKey: undefined,
    rejectsSha256: undefined,
    ruleCounts: [],
    backup: undefined,
    sourceDeletedMs: undefined,
    replayedRecords: [],
    notes: [],
    error,
  }
}

function goesBack({ class: errorClass, code }: ErrorReport): boolean {
  return errorClass === 'access' || errorClass === 'config' || PAUSED.has(code)
}

async function settle(
  context: RunContext,
  held: HeldItems,
  item: ItemRow,
  found: ItemOutcome,
): Promise<Carried> {
  const { ledger, clock, emit, signal } = context
  failpoint('worker:before-settle')
  const { stages, identity, isCancelled } = held.release(item)
  // A performer that died could not tell what it had found the bytes to be; it had told before it loaded.
  const outcome = found.sha256 === undefined ? { ...found, ...identity } : found
  const claim = { id: item.id, epoch: item.epoch, stages, nowMs: clock.now() }
  const { error } = outcome
  if (error !== undefined && isCancelled) {
    // The performer has rolled back; when the COMMIT had won instead, there is no error and the item is loaded.
    await settleItem(ledger, { ...claim, state: 'cancelled' })
    emit({ kind: 'cancelled', item })
    return { item, outcome, handedBack: true }
  }
  if (error !== undefined) {
    const isInterrupted = signal.aborted
    if (isInterrupted || goesBack(error)) {
      await handBack(ledger, {
        ...claim,
        reason: isInterrupted ? 'interrupted' : error.code,
        tryUsed: false,
        error,
        ...(!isInterrupted && { dueMs: clock.now() + pauseAfter(context, error) }),
      })
      emit({ kind: 'handed-back', item, outcome })
      return { item, outcome, handedBack: true }
    }
    const pauseMs = retryPauseMs(context.settings.retry, item, error)
    if (pauseMs !== undefined) {
      const dueMs = clock.now() + pauseMs
      await handBack(ledger, { ...claim, reason: error.code, tryUsed: true, error, dueMs })
      emit({ kind: 'to-be-retried', item, outcome, dueMs, attempts: context.settings.retry.attempts })
      return { item, outcome, handedBack: true }
    }
  }
  const settled = await settleItem(ledger, { ...claim, ...settlement(outcome, context) })
  failpoint('worker:after-settle')
  emit({ kind: 'ended', item: settled ?? item, outcome })
  return { item: settled ?? item, outcome, handedBack: false }
}

/** How long an item stays away that went back through no fault of its own. */
function pauseAfter({ handBackPauseMs }: RunContext, { code }: ErrorReport): number {
  return PAUSED.has(code) ? HAND_BACK_PAUSE_MS : handBackPauseMs
}

/** An outcome as the ledger takes it: what is not known is left out. */
function settlement(
  outcome: ItemOutcome,
  { plan, clock }: RunContext,
): Omit<SettleItemRequest, 'id' | 'epoch' | 'nowMs'> {
  const { sha256, loadKey, backup, sourceDeletedMs, rejectsSha256, error } = outcome
  return {
    state: outcome.state,
    counts: outcome.counts,
    sizeBytes: outcome.sizeBytes,
    ruleCounts: outcome.ruleCounts,
    replayedRecords: outcome.replayedRecords,
    ...(sha256 !== undefined && { sha256 }),
    ...(loadKey !== undefined && { loadKey }),
    ...(backup !== undefined && { backup }),
    ...(sourceDeletedMs !== undefined && { sourceDeletedMs }),
    ...(rejectsSha256 !== undefined && { rejectsSha256 }),
    ...(error !== undefined && { error }),
    ...(outcome.state === 'failed_system' && {
      dueMs: startOfTomorrow(clock.now(), plan.reference.timezone),
    }),
  }
}

/** When a scheduled firing may try again what was put aside today. */
function startOfTomorrow(nowMs: number, timezone: string): number {
  return dayBounds(dateInZone(nowMs, timezone), timezone).untilMs
}
