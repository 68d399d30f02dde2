import type { QueryResult, QueryValue } from '../destination.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import type { EngineValue } from '../../engine/duckdb/engine-value.ts'
import { DATABASE } from './names.ts'

/** Asks the attached file, whose tables need no prefix meanwhile. The engine is locked: files beside it are out of reach. */
export async function queryDatabase(database: Engine, sql: string, limit: number): Promise<QueryResult> {
  await database.run(`USE ${DATABASE}`)
  const { columns, rows, hasMore } = await database.firstRows(sql, limit)
  // What is in use cannot be detached. (After an error the whole engine goes.)
  await database.run('USE memory')
  return { columns, rows: rows.map((row) => row.map(queryValue)), hasMore }
}

function queryValue(value: EngineValue): QueryValue {
  const isExact = typeof value !== 'bigint' && (typeof value !== 'number' || Number.isFinite(value))
  return isExact ? value : String(value)
}
