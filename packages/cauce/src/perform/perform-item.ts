import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import { failpoint } from '../model/failpoint.ts'
import { NO_ROWS } from '../model/item-state.ts'
import { loadKey } from '../model/load-key.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import type { Text } from '../model/language.ts'
import type { Destination, LoadRecord } from '../connectors/destination.ts'
import type { Source } from '../connectors/source.ts'
import { irreplaceable } from '../plan/check-versions.ts'
import { listedIssues } from '../plan/issue.ts'
import { archiveItem } from './archive-item.ts'
import { blankOutcome } from './blank-outcome.ts'
import { type Extracted, extract } from './extract.ts'
import { extractKept } from './extract-kept.ts'
import { findTracing } from './find-tracing.ts'
import { itemFacts } from './item-facts.ts'
import { fetchKeptRejects } from './kept-rejects.ts'
import { loadItem, type Settled } from './load-item.ts'
import { destinationSeat, sourceSeat } from './seat.ts'
import { settleChanged, settleVanished, SUPERSEDED_NOTE } from './settle-vanished.ts'
import type { Stagehand } from './stagehand.ts'
import type { ItemOutcome, ItemTask, ReplayOrigin } from './task.ts'
import { transformItem, type Transformed, type TransformRequest } from './transform-item.ts'
import { reportOutcome } from './report-outcome.ts'

/** Carries one item through extract, transform, load and archive. Never throws: what went wrong is in the outcome. */
export async function performItem(task: ItemTask, hand: Stagehand): Promise<ItemOutcome> {
  const tracing = await findTracing()
  return tracing === undefined
    ? carry(task, hand)
    : tracing.traceStages(task, hand, async (traced) => carry(task, traced))
}

async function carry(task: ItemTask, hand: Stagehand): Promise<ItemOutcome> {
  let known: Partial<ItemOutcome> = {}
  const learn = (more: Partial<ItemOutcome>): void => {
    known = { ...known, ...more }
  }
  try {
    return await stages(task, hand, learn)
  } catch (caught) {
    const error = toCauceError(caught, {
      code: 'ITEM_FAILED',
      details: { file: task.item.entry.key },
    })
    // A bug of ours is to be reported with its stack, which crosses no process border but this one.
    if (error.class === 'bug') process.stderr.write(`${stackOf(caught)}\n`)
    const outcome: ItemOutcome = {
      ...blankOutcome(task),
      ...known,
      counts: NO_ROWS,
      state: error.class === 'layout' ? 'failed_layout' : 'failed_system',
      error: error.report(),
    }
    // A file that is not what was agreed is told to the destination here; other failures may still be tried again.
    return error.class === 'layout' ? reportOutcome(task, hand, outcome) : outcome
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** @throws {CauceError} RELOAD_IMPOSSIBLE naming each table and the remedy */
function refuseIrreplaceable({ plan, item }: ItemTask): void {
  const issues = irreplaceable(plan)
  if (issues.length > 0)
    throw new CauceError('RELOAD_IMPOSSIBLE', { file: item.entry.key, ...listedIssues(issues) })
}

async function stages(
  task: ItemTask,
  hand: Stagehand,
  learn: (more: Partial<ItemOutcome>) => void,
): Promise<ItemOutcome> {
  if (task.asksOnly === true) return settleVanished(task, hand)
  failpoint('extract:before')
  if (task.item.generation > 0) refuseIrreplaceable(task)
  hand.progress('extract')
  const source = await hand.source(task.settings)
  await mkdir(task.spoolFolder, { recursive: true, mode: 0o700 })
  let found: Extracted | undefined
  try {
    found = await hand.seated({ seat: sourceSeat(task.plan, source), rest: () => source.close() }, () =>
      extract(source, task.item.entry, task.spoolFolder, hand),
    )
  } catch (error) {
    const changed = error instanceof CauceError && error.code === 'SOURCE_CHANGED'
    const settled = changed ? await settleChanged(task, hand) : undefined
    if (settled === undefined) throw error
    return settled
  }
  const original = found ?? (await extractKept(task))
  if (original === undefined) return settleVanished(task, hand)
  failpoint('extract:after')
  const key = loadKey({
    pipeline: task.plan.pipeline,
    item: task.item.entry.key,
    content: original.sha256,
    generation: task.item.generation,
  })
  learn({ sha256: original.sha256, sizeBytes: original.sizeBytes, loadKey: key })
  const destination = await hand.destination(task.settings.destinationUrl)
  try {
    const loaded = await transformAndLoad(task, hand, { destination, original, key })
    return await finish(task, hand, { source, original, loaded, deletes: found !== undefined })
  } catch (error) {
    // Backups hold every file that was read, the unreadable ones too.
    if (error instanceof CauceError && error.class === 'layout')
      learn(await archiveItem(task, hand, { source, original, deletes: false }))
    throw error
  }
}

/** An item's outcome at the destination, and whether this attempt is the one that loaded it. */
interface Loaded {
  readonly outcome: ItemOutcome
  readonly byThisAttempt: boolean
}

/** Archives what was loaded, and tells the load report what the load's own transaction could not know. */
async function finish(
  task: ItemTask,
  hand: Stagehand,
  {
    source,
    original,
    loaded,
    deletes: mayDelete,
  }: {
    readonly source: Source
    readonly original: Extracted
    readonly loaded: Loaded
    /** Whether the source still had it. */
    readonly deletes: boolean
  },
): Promise<ItemOutcome> {
  const { outcome, byThisAttempt } = loaded
  if (NOT_LOADED.includes(outcome.state)) return reportOutcome(task, hand, outcome)
  hand.progress('archive')
  const deletes = mayDelete && task.settings.deleteSource
  const archived = { ...outcome, ...(await archiveItem(task, hand, { source, original, deletes })) }
  // An earlier attempt may have been reported as failed after its load was committed.
  return byThisAttempt && !deletes ? archived : reportOutcome(task, hand, archived)
}

/** Ends at the destination after which the original is neither kept nor deleted: its rows are not there under this item. */
const NOT_LOADED: readonly ItemOutcome['state'][] = ['duplicate', 'refused', 'superseded']

interface Materials {
  readonly destination: Destination
  readonly original: Extracted
  readonly key: string
}

/** How often rivals may load rows of a replay between its judgement and its load. */
const REPLAY_TRIES = 5

async function transformAndLoad(task: ItemTask, hand: Stagehand, materials: Materials): Promise<Loaded> {
  const { destination } = materials
  for (let tries = 1; ; tries++) {
    const { transformed, result } = await judgeAndLoad(task, hand, materials)
    if (result.kind !== 'already_replayed')
      return {
        outcome: outcomeOf(task, materials, transformed, result),
        byThisAttempt: result.kind === 'loaded',
      }
    if (tries === REPLAY_TRIES)
      throw new CauceError('DESTINATION_BUSY', {
        url: destination.displayUrl,
        detail: 'the same rejects are being replayed by somebody else',
      })
  }
}

async function judgeAndLoad(
  task: ItemTask,
  hand: Stagehand,
  materials: Materials,
): Promise<{ readonly transformed: Transformed; readonly result: Settled }> {
  const { destination, original, key } = materials
  const facts = itemFacts({
    item: task.replay?.item ?? task.item.entry.key,
    sha256: original.sha256,
    loadKey: key,
    run: task.run,
    referenceDate: task.referenceDate,
  })
  hand.progress('transform')
  await using engine = await hand.engine(task.plan.limits.memoryMb)
  const interrupt = (): void => engine.interrupt()
  hand.signal.addEventListener('abort', interrupt, { once: true })
  const transformed = await transformItem({
    engine,
    plan: task.plan,
    path: original.path,
    spoolFolder: task.spoolFolder,
    rejectsFolder: task.rejectsFolder,
    file: task.item.entry.key,
    facts,
    stagingFormat: destination.capabilities.stagingFormat,
    replay: task.replay && (await replayFacts(task, hand, task.replay, materials)),
    signal: hand.signal,
  })
  failpoint('transform:after')
  const result = await loadItem(task, hand, { engine, destination, facts, original, transformed })
  return { transformed, result }
}

async function replayFacts(
  { plan, spoolFolder, rejectsFolder }: ItemTask,
  hand: Stagehand,
  { loadKey: originLoad, item }: ReplayOrigin,
  { destination, key }: Materials,
): Promise<TransformRequest['replay']> {
  const keptPath = join(spoolFolder, 'origin.parquet')
  await fetchKeptRejects({ folder: rejectsFolder, loadKey: originLoad, item }, keptPath)
  return {
    origin: { loadKey: originLoad, item, keptPath },
    // What an earlier attempt of this very load brought counts as its own.
    done: await hand.seated(
      { seat: destinationSeat(plan, destination), rest: () => destination.close() },
      () => destination.replayedRecords(originLoad, key),
    ),
  }
}

function outcomeOf(
  task: ItemTask,
  { original, key }: Materials,
  transformed: Transformed,
  result: Exclude<Settled, { kind: 'already_replayed' }>,
): ItemOutcome {
  const { sha256, sizeBytes } = original
  const notes = result.kind === 'loaded' ? replacedNotes(result.replaced) : []
  const base = {
    ...blankOutcome(task),
    sha256,
    sizeBytes,
    loadKey: key,
    notes: [...transformed.notes, ...notes],
  }
  switch (result.kind) {
    case 'loaded':
    case 'already_loaded': {
      const counts = result.kind === 'loaded' ? transformed.counts : result.counts
      return {
        ...base,
        state: counts.rejected > 0 ? 'ready_with_rejects' : 'ready',
        counts,
        ruleCounts: transformed.ruleCounts,
        rejectsSha256: transformed.rejectsSha256,
        // Also those the ledger may not have heard of, when whoever loaded them died before it could tell.
        replayedRecords: [...transformed.replayed.loads, ...transformed.replayed.loadedBefore],
      }
    }
    case 'duplicate':
      return {
        ...base,
        state: 'duplicate',
        notes: [
          { en: `the same bytes as ${result.otherItem}`, es: `el mismo contenido que ${result.otherItem}` },
        ],
      }
    case 'superseded':
      return { ...base, state: 'superseded', notes: [SUPERSEDED_NOTE] }
    case 'refused':
      return {
        ...base,
        state: 'refused',
        error: new CauceError('VERSION_REFUSED', {
          file: task.item.entry.key,
          sha256: result.loadedSha256,
        }).report(),
      }
  }
}

/** Whose place a load took, for people: mended rows went with what they had been rejects of. */
function replacedNotes(replaced: readonly LoadRecord[] = []): readonly Text[] {
  const replays = replaced.filter(({ originLoad }) => originLoad !== undefined).length
  return replaced.length === 0
    ? []
    : [
        { en: 'took the place of an earlier load', es: 'reemplazó una carga anterior' },
        ...(replays === 0
          ? []
          : [
              {
                en: `${replays} replays of its rejects went with it`,
                es: `con ella se fueron ${replays} repeticiones de sus rechazos`,
              },
            ]),
      ]
}
