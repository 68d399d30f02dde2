import type { LoadRecord, LoadResult } from '../destination.ts'
import type { Engine, EngineRow } from '../../engine/duckdb/open-engine.ts'
import { quoteText } from '../../plan/duckdb/quote.ts'
import { tableName } from './names.ts'

const LOADS = tableName('cauce_loads')

/**
 * Writes the guard row, first of all in the transaction, unless this load happened already, its item is loaded with other bytes,
 * or its bytes under another item. Nobody can come in between the question and the row, for the file is ours alone.
 * @returns why the load must not go on; undefined: it is ours
 */
export async function writeGuard(database: Engine, record: LoadRecord): Promise<LoadResult | undefined> {
  const { loadKey, pipeline, item, sha256, generation, counts } = record
  const texts = [loadKey, pipeline, item, sha256].map((text) => quoteText(text))
  const numbers = [generation, counts.read, counts.loaded, counts.rejected, counts.skipped, counts.warnings]
  const written = await database.run(
    `INSERT INTO ${LOADS} (load_key, pipeline, item, sha256, generation, rows_read, rows_loaded, rows_rejected, rows_skipped, warnings, committed_at)
    SELECT ${[...texts, ...numbers].join(', ')}, now()::TIMESTAMP WHERE NOT EXISTS (FROM ${LOADS} WHERE ${relatedSql(record)})`,
  )
  return written === 1 ? undefined : explainRefusal(database, record)
}

function relatedSql({ loadKey, pipeline, item, sha256 }: LoadRecord): string {
  return `load_key = ${quoteText(loadKey)} OR (pipeline = ${quoteText(pipeline)} AND (item = ${quoteText(item)} OR sha256 = ${quoteText(sha256)}))`
}

/** The name weighs more than the bytes: where both are known, but not together, a person must look. */
async function explainRefusal(database: Engine, record: LoadRecord): Promise<LoadResult> {
  const { loadKey, item, sha256 } = record
  const rows = await database.rows(`SELECT * FROM ${LOADS} WHERE ${relatedSql(record)}`)
  const related = rows.map(toRecord)
  const itself = related.find(
    (other) => other.loadKey === loadKey || (other.item === item && other.sha256 === sha256),
  )
  if (itself !== undefined) return { kind: 'already_loaded', counts: itself.counts }
  const named = related.find((other) => other.item === item)
  if (named !== undefined) return { kind: 'refused', loadedSha256: named.sha256 }
  const [alike] = related
  if (alike === undefined) throw new TypeError('a guard row was refused without a reason')
  return { kind: 'duplicate', otherItem: alike.item }
}

export async function selectLoad(database: Engine, loadKey: string): Promise<LoadRecord | undefined> {
  const [row] = await database.rows(`SELECT * FROM ${LOADS} WHERE load_key = ${quoteText(loadKey)}`)
  return row === undefined ? undefined : toRecord(row)
}

function toRecord(row: EngineRow): LoadRecord {
  return {
    loadKey: String(row['load_key']),
    pipeline: String(row['pipeline']),
    item: String(row['item']),
    sha256: String(row['sha256']),
    generation: Number(row['generation']),
    counts: {
      read: Number(row['rows_read']),
      loaded: Number(row['rows_loaded']),
      rejected: Number(row['rows_rejected']),
      skipped: Number(row['rows_skipped']),
      warnings: Number(row['warnings']),
    },
  }
}
