import { StatementType, type DuckDBConnection, type DuckDBPreparedStatement } from '@duckdb/node-api'
import { CauceError } from '../../model/cauce-error.ts'
import { EngineError, toEngineError } from './engine-error.ts'
import { toEngineValue, type EngineValue } from './engine-value.ts'

/** The beginning of a query's result. */
export interface FirstRows {
  /** Each name once. */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly EngineValue[])[]
  /** Whether there are more than these. */
  readonly hasMore: boolean
}

/**
 * Runs one statement that reads, whoever wrote it (SELECT and what is one to DuckDB: FROM, SHOW, DESCRIBE, SUMMARIZE), no
 * further than `limit` rows.
 * @throws {CauceError} QUERY_READS_ONLY, QUERY_INVALID, MEMORY_EXHAUSTED, DISK_FULL
 */
export async function firstRows(
  connection: DuckDBConnection,
  sql: string,
  { limit, folder }: { readonly limit: number; readonly folder: string },
): Promise<FirstRows> {
  try {
    const statement = await prepareReading(connection, sql)
    const result = await statement.stream()
    const rows: (readonly EngineValue[])[] = []
    while (rows.length <= limit) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) break
      for (const row of chunk.getRows()) rows.push(row.map((value) => toEngineValue(value)))
    }
    return {
      columns: result.deduplicatedColumnNames(),
      rows: rows.slice(0, limit),
      hasMore: rows.length > limit,
    }
  } catch (error) {
    throw queryError(error, folder)
  }
}

async function prepareReading(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = await connection.extractStatements(sql).catch((error: unknown) => {
    // Where there is no statement at all, the binding has no words for it.
    if (error instanceof Error && error.message.includes('Parser Error')) throw error
    throw new CauceError('QUERY_READS_ONLY', {}, { cause: error })
  })
  const statement = statements.count === 1 ? await statements.prepare(0) : undefined
  if (statement?.statementType !== StatementType.SELECT) throw new CauceError('QUERY_READS_ONLY', {})
  return statement
}

/** Kinds whose messages speak of the query alone; all of what they say helps whoever wrote it. */
const KINDS_ABOUT_THE_QUERY = /^(?:Failed to extract statements: )?((?:Parser|Binder|Catalog) Error: [^]*)$/

function queryError(error: unknown, folder: string): Error {
  const text = error instanceof Error ? error.message : ''
  const known = toEngineError(error, folder)
  if (!(known instanceof EngineError)) return known
  const about = KINDS_ABOUT_THE_QUERY.exec(text)?.[1]?.replace(/\n\nLINE \d+:[^]*$/, '')
  return new CauceError('QUERY_INVALID', { detail: about ?? known.message })
}
