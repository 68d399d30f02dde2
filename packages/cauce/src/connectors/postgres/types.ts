import type { LogicalType } from '../../model/plan.ts'
import type { ExistingColumn } from './existing-table.ts'

/**
 * The column type for a logical type. Texts are not limited in length, which would buy nothing: the contract has judged it.
 * Moments are without zone, as the contract's are.
 */
export function columnType(type: LogicalType): string {
  switch (type.kind) {
    case 'text':
      return 'text'
    case 'integer':
      return 'bigint'
    case 'decimal':
      return `numeric(${type.precision}, ${type.scale})`
    case 'double':
      return 'double precision'
    case 'boolean':
      return 'boolean'
    case 'date':
      return 'date'
    case 'timestamp':
      return 'timestamp'
    case 'time':
      return 'time'
    case 'uuid':
      return 'uuid'
    case 'json':
      return 'jsonb'
  }
}

/** Why values of a logical type would not stay what they are in an existing column; undefined: they stay, or are refused. */
export function misfit(type: LogicalType, { typeName, declared, kind }: ExistingColumn): string | undefined {
  const fits =
    TEXTS.has(typeName) || FITTING[type.kind].has(typeName) || (type.kind === 'text' && kind === 'e')
  if (!fits) return `holds ${declared}, which does not take ${type.kind} values`
  if (type.kind === 'decimal' && type.scale > 0 && INTEGERS.has(typeName))
    return `holds ${declared}, which rounds decimals`
  return undefined
}

/**
 * The type in which values are staged where the column itself would cut or round some of them without a word: VARCHAR(n) cuts
 * blanks off the end, CHAR(n) loses them, NUMERIC(p, s) and moments of fewer digits round. Undefined: it keeps or refuses them all.
 */
export function losslessType(
  type: LogicalType,
  { typeName, length, scale, fractionDigits }: ExistingColumn,
  hasFractions: boolean,
): string | undefined {
  if (typeName === 'varchar' || typeName === 'bpchar') {
    if (type.kind !== 'text') return undefined
    const isLongEnough = length === undefined || (type.maxLength !== undefined && type.maxLength <= length)
    return typeName === 'varchar' && isLongEnough ? undefined : 'text'
  }
  if (typeName === 'numeric')
    return type.kind === 'decimal' && scale !== undefined && scale < type.scale ? 'numeric' : undefined
  if (fractionDigits !== undefined && fractionDigits < 6 && hasFractions) return typeName
  return undefined
}

export function isText(typeName: string): boolean {
  return TEXTS.has(typeName)
}

const TEXTS: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar'])
const INTEGERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8'])

/** Column types, besides texts, in which values of each kind stay what they are. */
const FITTING: Readonly<Record<LogicalType['kind'], ReadonlySet<string>>> = {
  text: new Set(),
  integer: new Set([...INTEGERS, 'numeric']),
  decimal: new Set([...INTEGERS, 'numeric']),
  double: new Set(['float8']),
  boolean: new Set(['bool']),
  date: new Set(['date', 'timestamp', 'timestamptz']),
  timestamp: new Set(['timestamp', 'timestamptz']),
  time: new Set(['time']),
  uuid: new Set(['uuid']),
  json: new Set(['json', 'jsonb']),
}
