import { isUtf8 } from 'node:buffer'
import { CauceError } from '../../model/cauce-error.ts'
import type { QueryResult, QueryValue } from '../destination.ts'
import { MysqlConnection } from './connection.ts'
import { toMysqlError } from './errors.ts'
import type { MysqlLocation } from './location.ts'

/**
 * Answers one question in a session of its own and a transaction that may only read. Further rows are not fetched: the session
 * is cut.
 * @throws {CauceError} QUERY_READS_ONLY, QUERY_INVALID, DESTINATION_UNREACHABLE, DESTINATION_ACCESS
 */
export async function queryDatabase(
  location: MysqlLocation,
  sql: string,
  limit: number,
): Promise<QueryResult> {
  if (!READING.test(sql)) throw new CauceError('QUERY_READS_ONLY', {})
  const connection = await MysqlConnection.open(location)
  try {
    await connection.write('START TRANSACTION READ ONLY')
    return await firstRows(connection, sql, limit)
  } catch (error) {
    throw queryError(error, location)
  } finally {
    connection.cut()
  }
}

/** How statements that read begin, behind comments; the server refuses what would write all the same. */
const READING =
  /^(?:\s|--[^\n]*\n|#[^\n]*\n|\/\*[^!+]*?\*\/)*\(*\s*(?:select|with|show|describe|desc|explain|table|values)\b/i

async function firstRows(connection: MysqlConnection, sql: string, limit: number): Promise<QueryResult> {
  const rows: (readonly QueryValue[])[] = []
  let columns: readonly string[] = []
  let columnTypes: readonly number[] = []
  const found = connection.streamRows(sql, (types, names) => {
    columnTypes = types
    columns = names
  })
  for await (const row of found) {
    if (rows.length === limit) return { columns, rows, hasMore: true }
    rows.push(row.map((value, index) => queryValue(value, columnTypes[index] ?? 0)))
  }
  return { columns, rows, hasMore: false }
}

/** TINY, SHORT, LONG, FLOAT, DOUBLE, LONGLONG, INT24, YEAR: decimals would lose digits. */
const NUMBER_TYPES: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 8, 9, 13])

function queryValue(bytes: Buffer | null, type: number): QueryValue {
  if (bytes === null) return null
  if (!isUtf8(bytes)) return `0x${bytes.toString('hex')}`
  const text = bytes.toString()
  const number = NUMBER_TYPES.has(type) ? Number(text) : Number.NaN
  const isExact = Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number)
  return isExact ? number : text
}

const READ_ONLY_TRANSACTION = 1792

/** What the server says of the query itself goes to whoever wrote it. */
function queryError(error: unknown, { displayUrl }: MysqlLocation): CauceError {
  const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : 0
  if (errno === READ_ONLY_TRANSACTION) return new CauceError('QUERY_READS_ONLY', {})
  const known = toMysqlError(error, { displayUrl })
  if (known.code !== 'DESTINATION_FAILED' || errno <= 0) return known
  const detail =
    ABOUT_THE_QUERY.has(errno) && error instanceof Error ? error.message : known.details['detail']
  return new CauceError('QUERY_INVALID', { detail: detail ?? '' })
}

/** Syntax, unknown tables, columns and functions: messages that quote the query and no row. */
const ABOUT_THE_QUERY: ReadonlySet<number> = new Set([
  1046, 1051, 1052, 1054, 1055, 1060, 1064, 1066, 1109, 1111, 1140, 1146, 1222, 1235, 1241, 1242, 1248, 1305,
  1327, 1582, 1630,
])
