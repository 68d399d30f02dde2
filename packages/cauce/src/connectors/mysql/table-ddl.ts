import type { DestinationColumn, TableShape } from '../destination.ts'
import type { ServerFacts } from './connection.ts'
import { quoteName, quoteNames } from './quote.ts'
import { technicalColumns } from './technical-columns.ts'
import { columnType, keyTextLength, LONGEST_VARCHAR } from './types.ts'

/**
 * The collation of our tables: by bytes, and with trailing blanks counting. `utf8mb4_bin` would take `a` and `a ` for the same
 * key; the two systems name the one that does not differently.
 */
export function binaryCollation({ isMariaDb }: ServerFacts): string {
  return isMariaDb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'
}

export function tableOptions(facts: ServerFacts): string {
  return `ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE ${binaryCollation(facts)}`
}

/**
 * CREATE TABLE for a table that is not there. Append tables get no index, which every row would have to pay for, unless their loads
 * replace one another: without one, a load that looks for old rows would look at all, and wait for those of every open load.
 */
export function createTableSql(shape: TableShape, facts: ServerFacts): string {
  const columns = [...shape.columns, ...technicalColumns(shape)]
  const lengths = textLengths(shape)
  const parts = columns.map(
    (column) => `${quoteName(column.name)} ${definition(column, shape.key, lengths.get(column.name))}`,
  )
  if (shape.key.length > 0) parts.push(`PRIMARY KEY (${quoteNames(shape.key)})`)
  if (shape.identity.length > 0) parts.push(identityIndex(shape))
  if (shape.loadColumn?.indexed === true)
    parts.push(`INDEX ${quoteName('cauce_load')} (${quoteName(shape.loadColumn.name)})`)
  return `CREATE TABLE IF NOT EXISTS ${quoteName(shape.name)} (${parts.join(', ')}) ${tableOptions(facts)}`
}

function definition(
  column: DestinationColumn,
  key: readonly string[],
  textLength: number | undefined,
): string {
  const type = columnType(column.type, textLength)
  const tooLong = column.type.kind === 'text' && textLength === undefined ? 'LONGTEXT' : type
  const required = key.includes(column.name) || !column.nullable
  return `${tooLong} ${required ? 'NOT NULL' : 'NULL'}`
}

/** All VARCHARs of a row together must stay below 65,535 bytes, whatever they hold; some is left for the other columns. */
const ROW_BYTES = 60_000

/**
 * Length of each text column that becomes a VARCHAR; the others become LONGTEXT: those that say no length, and the widest ones
 * where a row would grow beyond what the server allows.
 */
function textLengths({ columns, key }: TableShape): ReadonlyMap<string, number> {
  const keyTexts = columns.filter(({ name, type }) => key.includes(name) && type.kind === 'text').length
  const wanted = columns.flatMap(({ name, type }) => {
    if (type.kind !== 'text') return []
    const isKey = key.includes(name)
    const length = type.maxLength ?? (isKey ? keyTextLength(keyTexts) : undefined)
    return length === undefined || length > LONGEST_VARCHAR ? [] : [{ name, length, isKey }]
  })
  const lengths = new Map<string, number>()
  let bytes = 0
  for (const { name, length, isKey } of wanted.toSorted(
    (a, b) => Number(b.isKey) - Number(a.isKey) || a.length - b.length,
  )) {
    bytes += length * 4 + 2
    if (isKey || bytes <= ROW_BYTES) lengths.set(name, length)
  }
  return lengths
}

/**
 * The index by which a report's row finds its predecessor. Without one, each load would look at (and wait for) the rows of every
 * other load that is still open.
 */
function identityIndex(shape: TableShape): string {
  const { columns, identity } = shape
  const lengths = textLengths(shape)
  const texts = columns.filter(({ name, type }) => identity.includes(name) && type.kind === 'text').length
  const longest = keyTextLength(texts)
  const parts = identity.map((name) => {
    const isText = columns.find((column) => column.name === name)?.type.kind === 'text'
    const length = lengths.get(name)
    const needsPrefix = isText && (length === undefined || length > longest)
    return needsPrefix ? `${quoteName(name)}(${longest})` : quoteName(name)
  })
  return `INDEX ${quoteName('cauce_identity')} (${parts.join(', ')})`
}
