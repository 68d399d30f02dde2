import type { LogicalType } from '../../model/plan.ts'
import type { ExistingColumn } from './existing-table.ts'

/** Longest VARCHAR of utf8mb4; beyond it a text column is LONGTEXT. */
export const LONGEST_VARCHAR = 16_383

/** InnoDB's limit for one index. */
const INDEX_BYTES = 3_072
const TEXT_BYTES = 4

/** Length of a key's text columns that do not say their own, so that `count` of them fit one index. */
export function keyTextLength(count: number): number {
  return Math.min(255, Math.floor(INDEX_BYTES / TEXT_BYTES / Math.max(count, 1)))
}

/**
 * The column type for a logical type. Moments keep microseconds unless they are known to be whole seconds: MySQL rounds and
 * MariaDB cuts what a DATETIME cannot hold, both without a word.
 */
export function columnType(type: LogicalType, textLength: number | undefined): string {
  switch (type.kind) {
    case 'text': {
      const length = type.maxLength ?? textLength
      return length === undefined || length > LONGEST_VARCHAR ? 'LONGTEXT' : `VARCHAR(${Math.max(length, 1)})`
    }
    case 'integer':
      return 'BIGINT'
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`
    case 'double':
      return 'DOUBLE'
    case 'boolean':
      return 'TINYINT(1)'
    case 'date':
      return 'DATE'
    case 'timestamp':
      return type.fraction === false ? 'DATETIME' : 'DATETIME(6)'
    case 'time':
      return type.fraction === false ? 'TIME' : 'TIME(6)'
    case 'uuid':
      return 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin'
    case 'json':
      return 'JSON'
  }
}

/**
 * Why values of a logical type would not stay what they are in an existing column, where the server would not even warn;
 * undefined: they stay, or the server warns and the load is refused then.
 */
export function misfit(type: LogicalType, { dataType, collation }: ExistingColumn): string | undefined {
  if (dataType === 'enum' && collation?.endsWith('_bin') !== true)
    return 'holds enum without a binary collation, which changes the case of words'
  const fits = TEXTS.has(dataType) || FITTING[type.kind].has(dataType)
  if (!fits) return `holds ${dataType}, which changes ${type.kind} values`
  if (type.kind === 'decimal' && type.scale > 0 && INTEGERS.has(dataType))
    return `holds ${dataType}, which rounds decimals`
  return undefined
}

const TEXTS: ReadonlySet<string> = new Set([
  'char',
  'varchar',
  'tinytext',
  'text',
  'mediumtext',
  'longtext',
  'enum',
])
const INTEGERS: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint'])

/** Column types, besides texts, in which values of each kind stay what they are. */
const FITTING: Readonly<Record<LogicalType['kind'], ReadonlySet<string>>> = {
  text: new Set(),
  integer: new Set([...INTEGERS, 'decimal']),
  decimal: new Set([...INTEGERS, 'decimal']),
  double: new Set(['double']),
  boolean: INTEGERS,
  date: new Set(['date', 'datetime', 'timestamp']),
  timestamp: new Set(['datetime', 'timestamp']),
  time: new Set(['time']),
  uuid: new Set(['uuid']),
  json: new Set(['json']),
}
