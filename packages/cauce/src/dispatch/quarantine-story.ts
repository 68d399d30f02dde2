import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ErrorReport } from '../model/cauce-error.ts'
import type { ItemState } from '../model/item-state.ts'
import type { Text } from '../model/language.ts'
import type { ItemHistory } from '../ledger/item-history.ts'
import { storedError } from '../ledger/stored-error.ts'
import type { AttemptRow, ItemRow } from '../ledger/tables.ts'
import type { LogRecord } from '../logs/log-record.ts'
import { QUARANTINE_FILES } from './quarantine-folder.ts'

/** What `story.json` tells of an item that was put aside. Times are ISO texts in UTC. */
export interface QuarantineStory {
  readonly item: number
  readonly pipeline: string
  readonly key: string
  readonly version: string
  readonly kind: ItemRow['kind']
  readonly sizeBytes: number | null
  readonly modifiedAt: string | null
  readonly sha256: string | null
  readonly state: ItemState
  readonly error: StoryError | null
  readonly whatToDo: Text
  /** When it is tried again by itself; null: not before a person says so. */
  readonly triedAgainAt: string | null
  readonly run: string
  readonly plan: string
  readonly attempts: readonly StoryAttempt[]
  /** Every change of its state, with who made it and why. */
  readonly history: readonly {
    readonly at: string
    readonly from: ItemState | null
    readonly to: ItemState
    readonly by: string
    readonly reason: string | null
  }[]
  /** The file as it came; null: it could not be had, for the reason told. */
  readonly file: { readonly name: string; readonly bytes: number; readonly sha256: string } | null
  readonly noFile: Text | null
  /** The last lines of its log; all of them lie beside. */
  readonly log: readonly LogRecord[]
  readonly writtenAt: string
}

interface StoryError extends Omit<ErrorReport, 'details'> {
  readonly message: Text
  readonly details: ErrorReport['details']
}

interface StoryAttempt {
  readonly number: number
  readonly run: string
  readonly worker: string
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly outcome: AttemptRow['outcome']
  readonly stage: AttemptRow['stage']
  readonly error: StoryError | null
}

/** The story in an item's folder; undefined: there is none that can be read. */
export async function readStory(folder: string): Promise<QuarantineStory | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, QUARANTINE_FILES.story), 'utf8')) as QuarantineStory
  } catch {
    return undefined
  }
}

/** What a person can do about an item in this state. */
function whatToDo({ id, state }: Pick<ItemRow, 'id' | 'state'>): Text {
  const discard = `cauce quarantine discard ${id} --reason "…"`
  const release = `cauce quarantine release ${id}`
  if (state === 'failed_layout')
    return {
      en: `Replace the file at its source (a changed file is taken by itself), or mend the contract and say: ${release}. To leave it unloaded: ${discard}`,
      es: `Sustituya el archivo en su origen (si cambia se toma solo), o corrija el contrato y diga: ${release}. Para no cargarlo: ${discard}`,
    }
  if (state === 'refused')
    return {
      en: `The same name was loaded with other bytes. Rename the file at its source, or say: ${release}. To leave it unloaded: ${discard}`,
      es: `Ya se cargó el mismo nombre con otro contenido. Renombre el archivo en su origen, o diga: ${release}. Para no cargarlo: ${discard}`,
    }
  return {
    en: `Mend what the error names. To try it now: ${release}. To leave it unloaded: ${discard}`,
    es: `Corrija lo que dice el error. Para reintentarlo ya: ${release}. Para no cargarlo: ${discard}`,
  }
}

/** Tells an item's story. */
export function quarantineStory({
  item,
  history,
  file,
  noFile,
  log,
  nowMs,
}: {
  readonly item: ItemRow
  readonly history: ItemHistory
  readonly file: QuarantineStory['file']
  readonly noFile: Text | null
  readonly log: readonly LogRecord[]
  readonly nowMs: number
}): QuarantineStory {
  return {
    item: item.id,
    pipeline: item.pipeline,
    key: item.key,
    version: item.version,
    kind: item.kind,
    sizeBytes: item.sizeBytes,
    modifiedAt: iso(item.modifiedMs),
    sha256: item.sha256,
    state: item.state,
    error: errorOf(item),
    whatToDo: whatToDo(item),
    triedAgainAt: item.state === 'failed_system' && item.dueMs > nowMs ? iso(item.dueMs) : null,
    run: item.runId,
    plan: item.planHash,
    attempts: history.attempts.map((attempt) => ({
      number: attempt.number,
      run: attempt.runId,
      worker: attempt.worker,
      startedAt: iso(attempt.startedMs) ?? '',
      finishedAt: iso(attempt.finishedMs),
      outcome: attempt.outcome,
      stage: attempt.stage,
      error: errorOf(attempt),
    })),
    history: history.transitions.map(({ atMs, fromState, toState, worker, reason }) => ({
      at: iso(atMs) ?? '',
      from: fromState,
      to: toState,
      by: worker,
      reason,
    })),
    file,
    noFile,
    log,
    writtenAt: iso(nowMs) ?? '',
  }
}

function errorOf(row: Pick<ItemRow, 'errorClass' | 'errorCode' | 'errorDetails'>): StoryError | null {
  const error = storedError(row)
  if (error === undefined) return null
  return { ...error.report(), message: { en: error.textIn('en'), es: error.textIn('es') } }
}

/** Later than any date is not a date: items held back for a dispatcher. */
const LAST_DATE_MS = 8.64e15

function iso(ms: number | null): string | null {
  return ms === null || ms > LAST_DATE_MS ? null : new Date(ms).toISOString()
}
