import { open } from 'node:fs/promises'
import type { ReadDetail } from '../destination.ts'
import type { MysqlConnection } from './connection.ts'
import { readTable } from './existing-table.ts'
import { quoteName, quoteNames, quoteText } from './quote.ts'

const BUFFER_BYTES = 1024 * 1024

/** Column types whose text may hold commas, quotes or line ends: VARCHAR, the BLOB family with TEXT, CHAR, JSON, ENUM. */
const QUOTED_TYPES: ReadonlySet<number> = new Set([15, 245, 247, 248, 249, 250, 251, 252, 253, 254])

/** Streams a period's rows of a detail table to a spool file. */
export async function readDetail(
  connection: MysqlConnection,
  { table, columns, dated, from, until, path }: Parameters<ReadDetail>[0],
): Promise<{ readonly rows: number }> {
  const date = `COALESCE(${quoteNames(dated)})`
  return streamToFile(
    connection,
    { table, path },
    `SELECT ${quoteNames(columns)} FROM ${quoteName(table)} WHERE ${date} >= ${quoteText(from)} AND ${date} < ${quoteText(until)}`,
  )
}

/**
 * Streams what a query finds in a table to a spool file in the format `mysql-text`, holding few rows at a time. A table that is not
 * there yet has no rows.
 */
export async function streamToFile(
  connection: MysqlConnection,
  { table, path }: { readonly table: string; readonly path: string },
  sql: string,
): Promise<{ readonly rows: number }> {
  const exists = (await readTable(connection, table)) !== undefined
  const file = await open(path, 'w')
  let quoted: readonly boolean[] = []
  let rows = 0
  let parts: Buffer[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    await file.appendFile(Buffer.concat(parts))
    parts = []
    bytes = 0
  }
  try {
    if (!exists) return { rows }
    const found = connection.streamRows(sql, (types) => {
      quoted = types.map((type) => QUOTED_TYPES.has(type))
    })
    for await (const row of found) {
      const line = Buffer.concat(lineParts(row, quoted))
      parts.push(line)
      bytes += line.length
      rows++
      if (bytes >= BUFFER_BYTES) await flush()
    }
    await flush()
  } finally {
    await file.close()
  }
  return { rows }
}

const [NULL, COMMA, LINE_END, QUOTE] = ['NULL', ',', '\n', '"'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
]
const QUOTE_BYTE = 0x22

function lineParts(row: readonly (Buffer | null)[], quoted: readonly boolean[]): Buffer[] {
  const parts: Buffer[] = []
  for (const [position, value] of row.entries()) {
    if (position > 0) parts.push(COMMA)
    if (value === null) parts.push(NULL)
    else if (quoted[position] === true) parts.push(QUOTE, doubled(value), QUOTE)
    else parts.push(value)
  }
  parts.push(LINE_END)
  return parts
}

/** Quotes within a value are doubled. */
function doubled(value: Buffer): Buffer {
  if (!value.includes(QUOTE_BYTE)) return value
  // latin1 keeps every byte what it is.
  return Buffer.from(value.toString('latin1').replaceAll('"', '""'), 'latin1')
}
