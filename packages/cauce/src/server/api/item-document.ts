import { ITEM_STATES } from '../../model/item-state.ts'
import type { Language } from '../../model/language.ts'
import { ruleText } from '../../model/rule-texts.ts'
import { HELD_MS } from '../../ledger/held-ms.ts'
import type { ItemHistory } from '../../ledger/item-history.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import { countsDocument, rowFields } from './counts-document.ts'
import { errorDocument, errorSchema } from './error-document.ts'
import { isoMoment } from './iso-moment.ts'
import { flag, integer, list, moment, named, nullable, object, oneOf, text, type TypeOf } from './schema.ts'

const itemFields = {
  id: integer(),
  pipeline: text(),
  key: text({ description: 'The path relative to the source' }),
  kind: oneOf(['file', 'replay']),
  state: oneOf(ITEM_STATES),
  label: text({ description: "The pipeline's own word for the state" }),
  ...rowFields,
  priority: integer({ description: 'Greater ones are taken first' }),
  attempts: integer({ description: 'Tries used up in all, the present one included' }),
  dayRetries: integer({ description: 'Rounds of tries begun by themselves on later days' }),
  run: text({ description: 'The run that touched it last' }),
  worker: nullable(text({ description: 'host:pid of the process that holds it' })),
  progressBytes: nullable(integer()),
  progressRows: nullable(integer()),
  sizeBytes: nullable(integer()),
  modifiedAt: nullable(moment()),
  sha256: nullable(text()),
  loadKey: nullable(text()),
  originLoadKey: nullable(text({ description: 'For replays: the load whose rejects its rows were' })),
  backup: nullable(text()),
  quarantine: nullable(text({ description: 'Folder with the file and its story' })),
  dueAt: nullable(moment({ description: 'Not to be taken before' })),
  isHeld: flag({ description: 'Discovered, and not to be taken before it is dispatched' }),
  discoveredAt: moment(),
  updatedAt: moment(),
  finishedAt: nullable(moment()),
  quarantinedAt: nullable(moment()),
  sourceDeletedAt: nullable(moment()),
  cancelAskedAt: nullable(moment()),
  error: nullable(errorSchema),
}

/** One version of one file, or the replay of its rejects; never a row of it. */
export const itemSchema = named('Item', object(itemFields))

export const itemStorySchema = named(
  'ItemStory',
  object({
    ...itemFields,
    attemptList: list(
      object({
        number: integer(),
        run: text(),
        worker: text(),
        startedAt: moment(),
        finishedAt: nullable(moment()),
        outcome: nullable(text({ description: "The item's final state; or failed, handed_back, lost" })),
        stage: nullable(text()),
        error: nullable(errorSchema),
      }),
    ),
    transitions: list(
      object({
        at: moment(),
        from: nullable(oneOf(ITEM_STATES)),
        to: oneOf(ITEM_STATES),
        by: text({ description: 'host:pid, or whoever did it by hand' }),
        reason: nullable(text()),
      }),
    ),
    rules: list(
      object({
        code: text(),
        level: oneOf(['error', 'warning']),
        rows: integer(),
        text: text(),
      }),
      { description: 'How many rows broke each rule; a row may break several' },
    ),
  }),
)

export interface ItemWords {
  readonly language: Language
  /** The pipeline's own word for an item's state. */
  readonly labelOf: (item: Pick<ItemRow, 'pipeline' | 'state'>) => string
}

export function itemDocument(item: ItemRow, { language, labelOf }: ItemWords): TypeOf<typeof itemSchema> {
  const { id, pipeline, key, kind, state, priority, attempts, dayRetries, progressBytes, progressRows } = item
  const { sizeBytes, sha256, loadKey, originLoadKey, backup, quarantine } = item
  return {
    id,
    pipeline,
    key,
    kind,
    state,
    label: labelOf(item),
    ...countsDocument(item),
    priority,
    attempts,
    dayRetries,
    run: item.runId,
    worker: item.ownerHost === null ? null : `${item.ownerHost}:${item.ownerPid}`,
    progressBytes,
    progressRows,
    sizeBytes,
    modifiedAt: isoMoment(item.modifiedMs),
    sha256,
    loadKey,
    originLoadKey,
    backup,
    quarantine,
    dueAt: item.dueMs === 0 || item.dueMs === HELD_MS ? null : isoMoment(item.dueMs),
    isHeld: state === 'pending' && item.dueMs === HELD_MS,
    discoveredAt: isoMoment(item.discoveredMs),
    updatedAt: isoMoment(item.updatedMs),
    finishedAt: isoMoment(item.finishedMs),
    quarantinedAt: isoMoment(item.quarantinedMs),
    sourceDeletedAt: isoMoment(item.sourceDeletedMs),
    cancelAskedAt: isoMoment(item.cancelMs),
    error: errorDocument(item, language),
  }
}

export function itemStoryDocument(
  item: ItemRow,
  { attempts, transitions, ruleCounts }: ItemHistory,
  words: ItemWords,
): TypeOf<typeof itemStorySchema> {
  return {
    ...itemDocument(item, words),
    attemptList: attempts.map((attempt) => ({
      number: attempt.number,
      run: attempt.runId,
      worker: attempt.worker,
      startedAt: isoMoment(attempt.startedMs),
      finishedAt: isoMoment(attempt.finishedMs),
      outcome: attempt.outcome,
      stage: attempt.stage,
      error: errorDocument(attempt, words.language),
    })),
    transitions: transitions.map(({ atMs, fromState, toState, worker, reason }) => ({
      at: isoMoment(atMs),
      from: fromState,
      to: toState,
      by: worker,
      reason,
    })),
    rules: ruleCounts.map(({ code, level, rows }) => ({
      code,
      level,
      rows,
      text: ruleText(code)[words.language],
    })),
  }
}
