import type { LoadRecord, LoadRequest, LoadResult } from '../destination.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { loadRecordOf } from '../load-record.ts'
import { quoteText } from '../../plan/duckdb/quote.ts'
import { tableName } from './names.ts'

const LOADS = tableName('cauce_loads')
const REPLAYS = tableName('cauce_replays')

/** The guard is written; these loads, whose rows are to go, are marked as replaced by it. */
export interface Taken {
  readonly kind: 'taken'
  readonly replaced: readonly LoadRecord[]
}

type Refusal = Exclude<LoadResult, { kind: 'loaded' }>

/**
 * Writes the guard row, first of all in the transaction, unless this load happened already, its item is loaded otherwise and does
 * not give way, or its bytes are loaded under another item. Nobody can come in between the questions and the row, for the file is
 * ours alone.
 */
export async function writeGuard(database: Engine, request: LoadRequest): Promise<Refusal | Taken> {
  const { record, duplicates } = request
  const origin = record.originLoad === undefined ? undefined : await selectLoad(database, record.originLoad)
  if (origin?.replacedBy !== undefined) return { kind: 'superseded' }
  const related = await selectRelated(database, record)
  const own = related.find(({ loadKey }) => loadKey === record.loadKey)
  const standing = related.filter(({ replacedBy }) => replacedBy === undefined)
  const current = standing.find(({ item }) => item === record.item)
  const refusal = judge(own, current, request)
  if (refusal !== undefined) return refusal
  const alike = standing.find((other) => other !== current && other.sha256 === record.sha256)
  if (alike !== undefined && duplicates === 'refuse') return { kind: 'duplicate', otherItem: alike.item }
  const replaced = current === undefined ? [] : [current, ...(await replaysOf(database, current))]
  await markReplaced(database, replaced, record)
  if (own !== undefined)
    await database.run(`DELETE FROM ${LOADS} WHERE load_key = ${quoteText(record.loadKey)}`)
  await insertGuard(database, record)
  return { kind: 'taken', replaced }
}

/** The name weighs more than the bytes: where both are known, but not together, a person must look. */
function judge(
  own: LoadRecord | undefined,
  current: LoadRecord | undefined,
  { record, replacing }: LoadRequest,
): Refusal | undefined {
  const isThere = own !== undefined && own.replacedBy === undefined
  if (isThere) return { kind: 'already_loaded', counts: own.counts }
  if (current === undefined)
    return own === undefined || replacing !== undefined ? undefined : { kind: 'superseded' }
  const isAlike = current.sha256 === record.sha256
  // The same bytes under the same name, perhaps by a later reload: what this load would bring is there.
  if (isAlike && (replacing === undefined || current.generation >= record.generation))
    return { kind: 'already_loaded', counts: current.counts }
  if (replacing === undefined) return { kind: 'refused', loadedSha256: current.sha256 }
  return replacing.loads.includes(current.loadKey) ? undefined : { kind: 'occupied', by: current }
}

/** The load itself, if it was ever committed, and those of the pipeline that have its item or its bytes. */
async function selectRelated(
  database: Engine,
  { loadKey, pipeline, item, sha256 }: LoadRecord,
): Promise<readonly LoadRecord[]> {
  const rows = await database.rows(
    `SELECT * FROM ${LOADS} WHERE load_key = ${quoteText(loadKey)}
    OR (pipeline = ${quoteText(pipeline)} AND (item = ${quoteText(item)} OR sha256 = ${quoteText(sha256)}))`,
  )
  return rows.map(loadRecordOf)
}

/** Loads that mended rejects of another. */
async function replaysOf(database: Engine, { loadKey }: LoadRecord): Promise<readonly LoadRecord[]> {
  const key = quoteText(loadKey)
  const rows = await database.rows(
    `SELECT * FROM ${LOADS} WHERE replaced_by IS NULL
    AND (origin_load = ${key} OR load_key IN (SELECT load_key FROM ${REPLAYS} WHERE origin_load = ${key}))`,
  )
  return rows.map(loadRecordOf)
}

async function markReplaced(
  database: Engine,
  replaced: readonly LoadRecord[],
  { loadKey }: LoadRecord,
): Promise<void> {
  if (replaced.length === 0) return
  const keys = keyList(replaced)
  await database.run(
    `UPDATE ${LOADS} SET replaced_by = ${quoteText(loadKey)}, replaced_at = now()::TIMESTAMP WHERE load_key IN (${keys})`,
  )
  // A mark says that a mended row is in the tables; these go.
  await database.run(`DELETE FROM ${REPLAYS} WHERE origin_load IN (${keys})`)
}

async function insertGuard(database: Engine, record: LoadRecord): Promise<void> {
  const { loadKey, pipeline, item, sha256, generation, counts, originLoad } = record
  const texts = [loadKey, pipeline, item, sha256].map((text) => quoteText(text))
  const numbers = [generation, counts.read, counts.loaded, counts.rejected, counts.skipped, counts.warnings]
  const origin = originLoad === undefined ? 'NULL' : quoteText(originLoad)
  await database.run(
    `INSERT INTO ${LOADS} (load_key, pipeline, item, sha256, generation, rows_read, rows_loaded, rows_rejected, rows_skipped, warnings, committed_at, origin_load)
    VALUES (${[...texts, ...numbers].join(', ')}, now()::TIMESTAMP, ${origin})`,
  )
}

/** The load with a key, also a replaced one. */
export async function selectLoad(database: Engine, loadKey: string): Promise<LoadRecord | undefined> {
  const [found] = await selectLoads(database, [loadKey])
  return found
}

/** Loads by their keys, in the order they were committed. */
export async function selectLoads(
  database: Engine,
  loadKeys: readonly string[],
): Promise<readonly LoadRecord[]> {
  if (loadKeys.length === 0) return []
  const rows = await database.rows(
    `SELECT * FROM ${LOADS} WHERE load_key IN (${loadKeys.map((key) => quoteText(key)).join(', ')}) ORDER BY committed_at, load_key`,
  )
  return rows.map(loadRecordOf)
}

/** Keys of loads as SQL. */
export function keyList(loads: readonly LoadRecord[]): string {
  return loads.map(({ loadKey }) => quoteText(loadKey)).join(', ')
}
