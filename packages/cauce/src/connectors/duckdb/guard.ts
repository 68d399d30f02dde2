import type { LoadRecord, LoadResult } from '../destination.ts'
import type { Engine, EngineRow } from '../../engine/duckdb/open-engine.ts'
import { quoteText } from '../../plan/duckdb/quote.ts'
import { tableName } from './names.ts'

const LOADS = tableName('cauce_loads')

/**
 * Why this load must not happen, if so: it did already, its item is loaded with other bytes, or its bytes under another item.
 * Asked under the file's lock, so that nobody can come in between the answer and the guard row.
 */
export async function earlierLoad(database: Engine, record: LoadRecord): Promise<LoadResult | undefined> {
  const { loadKey, pipeline, item, sha256 } = record
  const ofPipeline = `pipeline = ${quoteText(pipeline)}`
  // Three plain conditions: a single OR of them keeps DuckDB from skipping what cannot match.
  const rows = await database.rows(
    [
      `load_key = ${quoteText(loadKey)}`,
      `${ofPipeline} AND item = ${quoteText(item)}`,
      `${ofPipeline} AND sha256 = ${quoteText(sha256)}`,
    ]
      .map((condition) => `SELECT * FROM ${LOADS} WHERE ${condition}`)
      .join(' UNION ALL '),
  )
  const records = rows.map(toRecord)
  const itself = records.find(
    (other) => other.loadKey === loadKey || (other.item === item && other.sha256 === sha256),
  )
  if (itself !== undefined) return { kind: 'already_loaded', counts: itself.counts }
  // The name weighs more than the bytes: where both are known, but not together, a person must look.
  const named = records.find((other) => other.item === item)
  if (named !== undefined) return { kind: 'refused', loadedSha256: named.sha256 }
  const [alike] = records
  return alike === undefined ? undefined : { kind: 'duplicate', otherItem: alike.item }
}

export async function insertGuard(database: Engine, record: LoadRecord): Promise<void> {
  const { loadKey, pipeline, item, sha256, generation, counts } = record
  const texts = [loadKey, pipeline, item, sha256].map((text) => quoteText(text))
  const numbers = [generation, counts.read, counts.loaded, counts.rejected, counts.skipped, counts.warnings]
  await database.run(
    `INSERT INTO ${LOADS} (load_key, pipeline, item, sha256, generation, rows_read, rows_loaded, rows_rejected, rows_skipped, warnings, committed_at)
    VALUES (${[...texts, ...numbers].join(', ')}, now()::TIMESTAMP)`,
  )
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
