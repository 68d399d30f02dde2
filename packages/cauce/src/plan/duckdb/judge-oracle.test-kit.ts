import fc from 'fast-check'

/*
 * What the documentation of the contract says, written a second time in plain TypeScript over rows of texts. It shares no code
 * with the compiler: where both agree, both probably do what the page says.
 */

export type OracleType =
  | { readonly kind: 'text' | 'integer' | 'double' | 'boolean' | 'uuid' | 'json' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number; readonly comma: boolean }
  | { readonly kind: 'oneOf'; readonly words: readonly string[] }
  | { readonly kind: 'date' | 'timestamp' }

export interface OracleColumn {
  readonly type: OracleType
  readonly nullable: boolean
  readonly nulls: readonly string[] | undefined
  readonly defaultText: string | undefined
  readonly trim: boolean
  readonly fold: 'lower' | 'upper' | undefined
  readonly min: number | undefined
  readonly max: number | undefined
  readonly lengthMin: number | undefined
  readonly lengthMax: number | undefined
  readonly unique: boolean
  readonly warn: boolean
  readonly code: string | undefined
}

export interface OracleRow {
  readonly fields: readonly string[]
  readonly flags: number
}

interface Judgement {
  readonly codes: readonly string[]
  readonly warnings: readonly string[]
  /** Values by which rows are compared. */
  readonly values: readonly unknown[]
}

const NOT: Readonly<Record<OracleType['kind'], string>> = {
  text: '',
  oneOf: '',
  integer: 'not_an_integer',
  double: 'not_a_number',
  boolean: 'not_a_boolean',
  uuid: 'not_a_uuid',
  json: 'not_json',
  decimal: 'not_a_decimal',
  date: 'not_a_date',
  timestamp: 'not_a_timestamp',
}

type OracleValue = string | number | bigint | boolean | undefined

/** The value of a text of the type; undefined when it has none. Numbers come exact, as a bigint of the last digit's unit. */
function valueOf(text: string, type: OracleType): OracleValue {
  return type.kind === 'decimal' ? decimalOf(text, type) : VALUES[type.kind](text)
}

const VALUES: Readonly<Record<Exclude<OracleType['kind'], 'decimal'>, (text: string) => OracleValue>> = {
  text: (text) => text,
  oneOf: (text) => text,
  integer: (text) => {
    const parts = /^([+-]?)(\d+)$/.exec(text)
    if (parts === null) return undefined
    const value = BigInt(parts[2] ?? '') * (parts[1] === '-' ? -1n : 1n)
    return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined
  },
  double: (text) => {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text)) return undefined
    const value = Number(text)
    return Number.isFinite(value) ? value : undefined
  },
  boolean: (text) => {
    const word = text.toLowerCase()
    if (['true', '1', 'yes', 'si', 'sí'].includes(word)) return true
    return ['false', '0', 'no'].includes(word) ? false : undefined
  },
  uuid: (text) =>
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.toLowerCase() : undefined,
  json: (text) => {
    try {
      JSON.parse(text)
      return text
    } catch {
      return undefined
    }
  },
  date: (text) => {
    const parts = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(text)
    return parts === null ? undefined : dayOf(parts)
  },
  timestamp: (text) => {
    const parts = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d)$/.exec(text)
    const day = parts === null ? undefined : dayOf(parts)
    const [hour, minute] = [Number(parts?.[4]), Number(parts?.[5])]
    return day === undefined || hour > 23 || minute > 59 ? undefined : day + (hour * 60 + minute) * 60_000
  },
}

function decimalOf(text: string, type: Extract<OracleType, { kind: 'decimal' }>): bigint | undefined {
  const parts = (type.comma ? /^([+-]?)(\d*)(?:,(\d+))?$/ : /^([+-]?)(\d*)(?:\.(\d+))?$/).exec(text)
  if (parts === null || !/\d/.test(text)) return undefined
  const [whole = '', fraction = ''] = [parts[2], parts[3]]
  const digits = type.precision - type.scale
  if (fraction.length > type.scale || whole.replace(/^0+/, '').length > digits) return undefined
  return BigInt(whole + fraction.padEnd(type.scale, '0')) * (parts[1] === '-' ? -1n : 1n)
}

function dayOf([, dd, MM, yyyy]: readonly string[]): number | undefined {
  const [day, month, year] = [Number(dd), Number(MM), Number(yyyy)]
  const atMs = Date.UTC(year, month - 1, day)
  const date = new Date(atMs)
  const exists = date.getUTCDate() === day && date.getUTCMonth() === month - 1
  return exists && year >= 1000 ? atMs : undefined
}

function numberOf(value: OracleValue): number | bigint | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined
}

/** The bound as `valueOf` gives values of the type. */
function boundOf(bound: number, type: OracleType): number | bigint {
  return type.kind === 'decimal' && Number.isFinite(bound) ? BigInt(bound) * 10n ** BigInt(type.scale) : bound
}

const TRIMMED = /^[ \t\n\v\f\r\u00a0]+|[ \t\n\v\f\r\u00a0]+$/g

function judgeField(
  name: string,
  field: string,
  column: OracleColumn,
  fileNulls: readonly string[],
): { readonly codes: readonly string[]; readonly warnings: readonly string[]; readonly value: unknown } {
  const text = textOf(field, column, fileNulls)
  const code = (suffix: string): string => column.code ?? `${name}:${suffix}`
  if (text === undefined)
    return { codes: column.nullable ? [] : [code('missing')], warnings: [], value: undefined }
  const value = valueOf(text, column.type)
  if (value === undefined) return { codes: [code(NOT[column.type.kind])], warnings: [], value: undefined }
  const broken = brokenBy(text, value, column).map(code)
  return column.warn ? { codes: [], warnings: broken, value } : { codes: broken, warnings: [], value }
}

function textOf(field: string, column: OracleColumn, fileNulls: readonly string[]): string | undefined {
  const trimmed = column.trim ? field.replaceAll(TRIMMED, '') : field
  if ((column.nulls ?? fileNulls).includes(trimmed)) return column.defaultText
  if (column.fold === undefined) return trimmed
  return column.fold === 'lower' ? trimmed.toLowerCase() : trimmed.toUpperCase()
}

function brokenBy(text: string, value: OracleValue, column: OracleColumn): readonly string[] {
  const { type, min = -Infinity, max = Infinity, lengthMin = 0, lengthMax = Infinity } = column
  const characters = Array.from(text).length
  const bounded = numberOf(value)
  return [
    ...(type.kind === 'oneOf' && !type.words.includes(text) ? ['not_allowed'] : []),
    ...(bounded !== undefined && bounded < boundOf(min, type) ? ['below_minimum'] : []),
    ...(bounded !== undefined && bounded > boundOf(max, type) ? ['above_maximum'] : []),
    ...(characters < lengthMin || characters > lengthMax ? ['length'] : []),
  ]
}

function judgeRow(
  row: OracleRow,
  columns: Readonly<Record<string, OracleColumn>>,
  fileNulls: readonly string[],
): Judgement {
  const names = Object.keys(columns)
  const shape = [
    ...(row.fields.length < names.length ? ['row:too_few_columns'] : []),
    ...(row.fields.length > names.length ? ['row:too_many_columns'] : []),
    ...((row.flags & 1) === 1 ? ['row:bad_quotes'] : []),
    ...((row.flags & 2) === 2 ? ['row:nul_byte'] : []),
    ...((row.flags & 4) === 4 ? ['row:undecodable_bytes'] : []),
  ]
  if (shape.length > 0) return { codes: shape, warnings: [], values: [] }
  const judged = Object.entries(columns).map(([name, column], i) =>
    judgeField(name, row.fields[i] ?? '', column, fileNulls),
  )
  return {
    codes: judged.flatMap(({ codes }) => codes),
    warnings: judged.flatMap(({ warnings }) => warnings),
    values: judged.map(({ value }) => value),
  }
}

/** Each code once, where the first rule that bears it stands: columns in order, then unique values, then whole rows. */
function inOrder(
  codes: readonly string[],
  columns: Readonly<Record<string, OracleColumn>>,
  level: 'error' | 'warning',
): readonly string[] {
  const entries = Object.entries(columns)
  const places = [
    ...entries.flatMap(([name, column]) => (hasRule(column, level) ? [column.code ?? name] : [])),
    ...entries.flatMap(([name, column]) =>
      column.unique && column.warn === (level === 'warning') ? [column.code ?? `${name}:repeated`] : [],
    ),
  ]
  const place = (code: string): number => {
    const found = places.indexOf(code)
    const ofColumn = found < 0 ? places.indexOf(code.replace(/:.*/, '')) : found
    return ofColumn < 0 ? places.length : ofColumn
  }
  return [...new Set(codes)].toSorted((a, b) => place(a) - place(b))
}

/** Whether a column has any rule of a level besides being unique. */
function hasRule(column: OracleColumn, level: 'error' | 'warning'): boolean {
  const { type, min, max, lengthMin, lengthMax } = column
  const hasValueRule =
    type.kind === 'oneOf' || [min, max, lengthMin, lengthMax].some((bound) => bound !== undefined)
  if (level === 'warning') return column.warn && hasValueRule
  return !column.nullable || NOT[type.kind] !== '' || (!column.warn && hasValueRule)
}

/** Codes and warnings of every row; warnings of rejected rows are not told. */
export function judgeByTheDocs(
  rows: readonly OracleRow[],
  columns: Readonly<Record<string, OracleColumn>>,
  {
    fileNulls,
    repeatedRows,
  }: { readonly fileNulls: readonly string[]; readonly repeatedRows: 'allow' | 'error' | 'warning' },
): readonly { readonly codes: readonly string[]; readonly warnings: readonly string[] }[] {
  const judged = rows.map((row) => judgeRow(row, columns, fileNulls))
  const codes = judged.map((row) => [...row.codes])
  const warnings = judged.map((row) => [...row.warnings])
  const compare = (
    level: 'error' | 'warning',
    code: string,
    key: (values: readonly unknown[]) => string | undefined,
  ): void => {
    const seen = new Set<string>()
    for (const [i, { codes: own, values }] of judged.entries()) {
      // Only rows that keep every other rule are compared.
      const found = own.length === 0 ? key(values) : undefined
      if (found === undefined) continue
      if (seen.has(found)) (level === 'error' ? codes : warnings)[i]?.push(code)
      seen.add(found)
    }
  }
  const spelled = (value: unknown): string => `${typeof value}${String(value)}`
  for (const [i, [name, column]] of Object.entries(columns).entries())
    if (column.unique)
      compare(column.warn ? 'warning' : 'error', column.code ?? `${name}:repeated`, (values) =>
        values[i] === undefined ? undefined : spelled(values[i]),
      )
  if (repeatedRows !== 'allow')
    compare(repeatedRows, 'row:repeated', (values) => JSON.stringify(values.map(spelled)))
  return judged.map((_, i) => ({
    codes: inOrder(codes[i] ?? [], columns, 'error'),
    warnings: codes[i]?.length === 0 ? inOrder(warnings[i] ?? [], columns, 'warning') : [],
  }))
}

const NASTY = [
  '',
  '-',
  ' ',
  '  ',
  'NULL',
  'null',
  '0',
  '-0',
  '+5',
  '5',
  ' 5 ',
  '05',
  '1e3',
  '1E400',
  '0x1F',
  '1_000',
  '3.7',
  '3.0',
  '.5',
  '5.',
  '1,5',
  '12345,67',
  '12345.67',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '-9223372036854775809',
  '99999999999999999999999999',
  'true',
  'TRUE',
  'sí',
  'SÍ',
  'no',
  'a',
  'A',
  'hard',
  'HARD',
  'soft',
  'peña',
  'pena',
  'PEÑA',
  '👨‍👩‍👧',
  '31/02/2024',
  '29/02/2024',
  '29/02/2100',
  '28/02/2013',
  '28/02/2013 23:59',
  '28/02/2013 24:00',
  '01/01/0024',
  '1/1/2024',
  '0f8fad5b-d9cb-469f-a165-70867728950e',
  '0F8FAD5B-D9CB-469F-A165-70867728950E',
  '{"a":[1]}',
  '[1,]',
  '[]',
  'NaN',
  'Infinity',
  '-Infinity',
  "it's",
  'a"b',
  'a\nb',
  '\\',
  '\t5\u00a0',
  '%d',
  '٣',
] as const

const fieldArb = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 2, arbitrary: fc.integer({ min: -20, max: 20 }).map(String) },
  { weight: 1, arbitrary: fc.double({ noDefaultInfinity: true, noNaN: true }).map(String) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 2 }) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => text.replaceAll('\0', '0')),
  },
)

const optional = <Value>(arb: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arb, { nil: undefined, freq: 3 })

const typeArb: fc.Arbitrary<OracleType> = fc.oneof(
  fc.constantFrom<OracleType>(
    { kind: 'text' },
    { kind: 'integer' },
    { kind: 'double' },
    { kind: 'boolean' },
    { kind: 'uuid' },
    { kind: 'json' },
    { kind: 'date' },
    { kind: 'timestamp' },
    { kind: 'oneOf', words: ['HARD', 'SOFT', "it's"] },
  ),
  fc.record({ whole: fc.nat(6), scale: fc.nat(3), comma: fc.boolean() }).map(({ whole, scale, comma }) => ({
    kind: 'decimal' as const,
    precision: Math.max(1, whole + scale),
    scale,
    comma,
  })),
)

const columnArb: fc.Arbitrary<OracleColumn> = fc
  .record({
    type: typeArb,
    nullable: fc.boolean(),
    nulls: optional(fc.uniqueArray(fc.constantFrom('', '-', 'NULL', "it's", '5'), { maxLength: 3 })),
    defaultText: optional(fc.constantFrom('5', '-', '28/02/2013', 'true', 'HARD')),
    trim: fc.boolean(),
    fold: optional(fc.constantFrom('lower', 'upper')),
    bounds: fc.tuple(optional(fc.integer({ min: -5, max: 5 })), optional(fc.integer({ min: -5, max: 9 }))),
    lengths: fc.tuple(optional(fc.nat(3)), optional(fc.integer({ min: 1, max: 9 }))),
    unique: fc.boolean(),
    warn: fc.boolean(),
    code: optional(fc.constantFrom('A', 'B')),
  })
  .map(({ bounds: [min, max], lengths: [lengthMin, lengthMax], ...column }) => {
    const { type } = column
    // A bound must be a value of the column.
    const isNumber =
      type.kind === 'decimal' ? type.precision > type.scale : ['integer', 'double'].includes(type.kind)
    return {
      ...column,
      min: isNumber ? min : undefined,
      max: isNumber ? max : undefined,
      lengthMin,
      lengthMax,
    }
  })

/** A contract and rows of a file, most of them of its width. */
export const caseArb = fc
  .record({
    columns: fc.array(columnArb, { minLength: 1, maxLength: 4 }),
    fileNulls: fc.uniqueArray(fc.constantFrom('', '-', 'NULL'), { maxLength: 3 }),
    repeatedRows: fc.constantFrom('allow', 'error', 'warning'),
  })
  .chain(({ columns, fileNulls, repeatedRows }) => {
    const width = columns.length
    const size = fc.oneof(
      { weight: 12, arbitrary: fc.constant(width) },
      { weight: 1, arbitrary: fc.integer({ min: Math.max(1, width - 1), max: width + 2 }) },
    )
    const rowArb: fc.Arbitrary<OracleRow> = fc.record({
      fields: size.chain((length) => fc.array(fieldArb, { minLength: length, maxLength: length })),
      flags: fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
    })
    return fc.record({
      columns: fc.constant(Object.fromEntries(columns.map((column, i) => [`c${i}`, column]))),
      fileNulls: fc.constant(fileNulls),
      repeatedRows: fc.constant(repeatedRows),
      rows: fc.array(rowArb, { minLength: 1, maxLength: 12, size: 'max' }),
    })
  })
