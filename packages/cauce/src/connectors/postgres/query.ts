import type { QueryResult, QueryValue } from '../destination.ts'
import { CauceError } from '../../model/cauce-error.ts'
import { type ArrayAnswer, PostgresConnection } from './connection.ts'
import { toPostgresError } from './errors.ts'
import type { PostgresLocation } from './location.ts'
import { sqlState } from '../../model/postgres-lost.ts'
import { quoteText } from './quote.ts'

/**
 * Answers one question in a session of its own and a transaction that may only read. Further rows are not fetched.
 * @throws {CauceError} QUERY_READS_ONLY, QUERY_INVALID, DESTINATION_UNREACHABLE, DESTINATION_ACCESS
 */
export async function queryDatabase(
  location: PostgresLocation,
  sql: string,
  limit: number,
): Promise<QueryResult> {
  const word = READING.exec(sql)?.[1]?.toLowerCase()
  if (word === undefined) throw new CauceError('QUERY_READS_ONLY', {})
  const connection = await PostgresConnection.open(location)
  try {
    await connection.begin('read only')
    const answer = await ask(connection, sql, { word, limit })
    await connection.rollback()
    return firstRows(answer, limit)
  } catch (error) {
    throw queryError(error, location)
  } finally {
    await connection.close()
  }
}

/** How statements that read begin, behind comments; the server refuses what would write all the same. */
const READING =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*\(*\s*(select|with|show|describe|desc|explain|table|values)\b/i

/** The words other databases have for what a catalogue holds. */
const SHOW_TABLES = /^\s*show\s+tables\s*;?\s*$/i
const DESCRIBE = /^\s*desc(?:ribe)?\s+(?:"((?:[^"]|"")+)"|([\w$]+))\s*;?\s*$/i

async function ask(
  connection: PostgresConnection,
  sql: string,
  { word, limit }: { readonly word: string; readonly limit: number },
): Promise<ArrayAnswer> {
  const schema = quoteText(connection.schema)
  if (SHOW_TABLES.test(sql))
    return connection.answer(
      `select table_name from information_schema.tables where table_schema = ${schema} order by table_name`,
    )
  const [, quoted, plain] = DESCRIBE.exec(sql) ?? []
  const described = quoted?.replaceAll('""', '"') ?? plain?.toLowerCase()
  if (described !== undefined)
    return connection.answer(
      `select column_name, data_type, is_nullable, column_default from information_schema.columns
      where table_schema = ${schema} and table_name = ${quoteText(described)} order by ordinal_position`,
    )
  // What these tell is short, and no cursor takes them.
  if (word === 'show' || word === 'explain') return connection.answer(sql)
  await connection.answer(`declare cauce_answer no scroll cursor for ${sql}`)
  return connection.answer(`fetch ${limit + 1} from cauce_answer`)
}

function firstRows({ columns, rows }: ArrayAnswer, limit: number): QueryResult {
  return {
    columns: columns.map(({ name }) => name),
    rows: rows
      .slice(0, limit)
      .map((row) => row.map((value, position) => queryValue(value, columns[position]?.typeId ?? 0))),
    hasMore: rows.length > limit,
  }
}

/** int8, int2, int4, oid, float4, float8 (pg_type.dat): decimals would lose digits. */
const NUMBER_TYPES: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701])
const BOOLEAN = 16

function queryValue(text: string | null, typeId: number): QueryValue {
  if (text === null) return null
  if (typeId === BOOLEAN) return text === 't'
  const number = NUMBER_TYPES.has(typeId) ? Number(text) : Number.NaN
  const isExact = Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number)
  return isExact ? number : text
}

/** What the server says of the query itself goes to whoever wrote it. */
function queryError(error: unknown, { displayUrl }: PostgresLocation): CauceError {
  const state = sqlState(error)
  if (state === '25006') return new CauceError('QUERY_READS_ONLY', {})
  const known = toPostgresError(error, { displayUrl })
  if (state === undefined || known.code !== 'DESTINATION_FAILED') return known
  // Syntax, unknown tables, columns and functions: messages that quote the query and no row.
  const isAboutQuery = state.startsWith('42') && error instanceof Error
  return new CauceError('QUERY_INVALID', {
    detail: isAboutQuery ? error.message : (known.details['detail'] ?? ''),
  })
}
