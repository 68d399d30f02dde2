import type { ReplayedRow } from '../destination.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { quoteText } from '../../plan/duckdb/quote.ts'
import { tableName } from './names.ts'

const REPLAYS = tableName('cauce_replays')

/** Rows per statement. */
const BATCH = 1_000

/** Marks rejects as loaded by this load; those that somebody had marked before are returned, and then nothing counts. */
export async function markReplayed(
  database: Engine,
  rows: readonly ReplayedRow[],
  loadKey: string,
): Promise<readonly ReplayedRow[]> {
  const taken: ReplayedRow[] = []
  for (let start = 0; start < rows.length; start += BATCH) {
    const values = rows
      .slice(start, start + BATCH)
      .map(({ originLoad, record }) => `(${quoteText(originLoad)}, ${record})`)
      .join(', ')
    const found = await database.rows(
      `SELECT origin_load, record FROM ${REPLAYS} SEMI JOIN (VALUES ${values}) AS given (origin_load, record) USING (origin_load, record)`,
    )
    taken.push(
      ...found.map((row) => ({ originLoad: String(row['origin_load']), record: Number(row['record']) })),
    )
    await database.run(
      `INSERT INTO ${REPLAYS} (origin_load, record, load_key) SELECT *, ${quoteText(loadKey)} FROM (VALUES ${values})`,
    )
  }
  return taken
}

/** Records of a load that were replayed, by any load but `exceptLoad`. */
export async function selectReplayed(
  database: Engine,
  originLoad: string,
  exceptLoad: string,
): Promise<ReadonlySet<number>> {
  const rows = await database.rows(
    `SELECT record FROM ${REPLAYS} WHERE origin_load = ${quoteText(originLoad)} AND load_key <> ${quoteText(exceptLoad)}`,
  )
  return new Set(rows.map((row) => Number(row['record'])))
}
