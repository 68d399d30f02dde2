import type { Column, ColumnDefinition } from '../pipeline/column.ts'
import type { Contract } from '../pipeline/contract.ts'
import type { ColumnPlan, ContractPlan, LogicalType, Parse, ReadPlan, Rule } from '../model/plan.ts'
import { portablePattern } from './portable-pattern.ts'

/** Bits a reader sets on a record it had to repair or could not decode, with the code each one becomes. */
const RECORD_FLAGS = [
  { bit: 1, code: 'row:bad_quotes' },
  { bit: 2, code: 'row:nul_byte' },
  { bit: 4, code: 'row:undecodable_bytes' },
] as const

const JSON_FLAGS = [
  { bit: 8, code: 'row:bad_json' },
  { bit: 16, code: 'row:not_an_object' },
  { bit: 32, code: 'row:repeated_key' },
  { bit: 64, code: 'row:too_deep' },
] as const

const SHEET_FLAGS = [{ bit: 128, code: 'row:error_cell' }] as const

/** Rules of formats that are not read take no bit of the mask. */
const FLAGS_BY_FORMAT: Readonly<
  Record<ReadPlan['format'], readonly { readonly bit: number; readonly code: string }[]>
> = {
  csv: RECORD_FLAGS,
  ndjson: [...RECORD_FLAGS, ...JSON_FLAGS],
  json: [...RECORD_FLAGS, ...JSON_FLAGS],
  parquet: RECORD_FLAGS,
  xlsx: [...RECORD_FLAGS, ...SHEET_FLAGS],
  any: [...RECORD_FLAGS, ...JSON_FLAGS, ...SHEET_FLAGS],
}

const PARSE_SUFFIX: Readonly<Record<Parse['kind'], string>> = {
  text: 'not_text',
  integer: 'not_an_integer',
  decimal: 'not_a_decimal',
  double: 'not_a_number',
  boolean: 'not_a_boolean',
  date: 'not_a_date',
  timestamp: 'not_a_timestamp',
  time: 'not_a_time',
  uuid: 'not_a_uuid',
  json: 'not_json',
}

/** Compiles a contract: its columns in file order and every rule in the order it is reported. */
export function compileContract(
  contract: Contract<unknown>,
  format: ReadPlan['format'] = 'csv',
): ContractPlan {
  const columns = Object.entries(contract.columns)
  return {
    name: contract.name,
    columns: columns.map(([name, column]) => compileColumn(name, column)),
    rules: [
      ...rowShapeRules(format),
      ...columns.flatMap(([name, { definition }]) => columnRules(name, definition)),
      ...columns.flatMap(([name, { definition }]) => uniqueRules(name, definition)),
      ...repeatedRowRules(contract),
      ...contract.checks.map(({ name, level, sql }): Rule => ({
        code: `row:${name}`,
        column: undefined,
        level,
        test: { kind: 'sql', sql },
      })),
    ],
  }
}

/** Stands for the contract of each file where none was declared. */
export function noContract(name: string, format: ReadPlan['format']): ContractPlan {
  return { name, columns: [], rules: rowShapeRules(format), derived: true }
}

function compileColumn(name: string, { definition }: Column<unknown>): ColumnPlan {
  return {
    name,
    headers: definition.headers ?? [name],
    anyHeader: definition.anyHeader,
    type: storedType(definition),
    parse: definition.parse,
    nullable: definition.nullable,
    nulls: definition.nulls,
    normalise: definition.normalise,
    defaultText: definition.defaultText,
  }
}

/** Values of any length are loaded where the rules only warn, so they size no column. */
function storedType({ type, level }: ColumnDefinition): LogicalType {
  return type.kind === 'text' && level === 'warning' ? { kind: 'text', maxLength: undefined } : type
}

/** Rules on the shape of a record, in the format it is read in. */
export function rowShapeRules(format: ReadPlan['format']): readonly Rule[] {
  const row = (code: string, test: Rule['test']): Rule => ({ code, column: undefined, level: 'error', test })
  return [
    row('row:too_few_columns', { kind: 'width', side: 'few' }),
    row('row:too_many_columns', { kind: 'width', side: 'many' }),
    ...FLAGS_BY_FORMAT[format].map(({ bit, code }) => row(code, { kind: 'unflagged', bit })),
  ]
}

/** Rules on the values of one column, in the order they are reported. */
export function columnRules(
  column: string,
  definition: Pick<ColumnDefinition, 'parse' | 'nullable' | 'rules' | 'level' | 'code'>,
): readonly Rule[] {
  const rule = (suffix: string, test: Rule['test'], level: Rule['level']): Rule => ({
    code: definition.code ?? `${column}:${suffix}`,
    column,
    level,
    test,
  })
  const { parse, nullable, rules, level } = definition
  return [
    ...(nullable ? [] : [rule('missing', { kind: 'present' }, 'error')]),
    ...(parse.kind === 'text' ? [] : [rule(PARSE_SUFFIX[parse.kind], { kind: 'parses' }, 'error')]),
    ...rules.map(({ suffix, test }) =>
      rule(
        suffix,
        test.kind === 'matches' ? { ...test, pattern: portablePattern(test.pattern) } : test,
        level,
      ),
    ),
  ]
}

function uniqueRules(column: string, definition: ColumnDefinition): readonly Rule[] {
  if (!definition.unique) return []
  const code = definition.code ?? `${column}:repeated`
  return [{ code, column, level: definition.level, test: { kind: 'unique', columns: [column] } }]
}

function repeatedRowRules(contract: Contract<unknown>): readonly Rule[] {
  if (contract.repeatedRows === 'allow') return []
  return [
    { code: 'row:repeated', column: undefined, level: contract.repeatedRows, test: { kind: 'distinct_row' } },
  ]
}
