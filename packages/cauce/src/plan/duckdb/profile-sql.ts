import type { ColumnPlan, LogicalType, Parse } from '../../model/plan.ts'
import { parseSql } from './parse-sql.ts'
import { quoteText } from './quote.ts'

/** A column of a file nothing was declared about. */
export interface ProfiledColumn {
  /** Its name in the relation. */
  readonly sql: string
  /** What the file itself says of its type, where it says anything. */
  readonly hint: 'double' | undefined
}

/** How the values of a file are written. */
export interface ProfileInput {
  readonly relation: string
  readonly columns: readonly ProfiledColumn[]
  readonly nulls: readonly string[]
  /** Moments are the file's own and take the form they are asked for in; else they are texts. */
  readonly hasMoments: boolean
  readonly hasJson: boolean
}

export interface FoundType {
  readonly type: LogicalType
  readonly parse: Parse
}

// Zeros in front are part of a code, not of a number; a plus sign is somebody's notation.
const INTEGER = '-?(0|[1-9][0-9]*)'
const DECIMAL = `${INTEGER}([.][0-9]+)?`
const DOUBLE = `${DECIMAL}([eE][+-]?[0-9]{1,3})?`
const MOMENT = '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?)?'
const MOST_DIGITS = 38
/** Room for the next file's greater numbers. */
const USUAL_DIGITS = 18

const MOMENT_FORMATS: readonly (readonly ['date' | 'timestamp', string])[] = [
  ['date', 'yyyy-MM-dd'],
  ['timestamp', 'yyyy-MM-dd HH:mm:ss'],
  ['timestamp', 'yyyy-MM-dd HH:mm:ss.SSS'],
  ['timestamp', 'yyyy-MM-dd HH:mm:ss.SSSSSS'],
  ['timestamp', 'yyyy-MM-dd HH:mm'],
  ['timestamp', 'yyyy-MM-ddTHH:mm:ss'],
  ['timestamp', 'yyyy-MM-ddTHH:mm:ss.SSS'],
  ['timestamp', 'yyyy-MM-ddTHH:mm:ssZ'],
  ['timestamp', 'yyyy-MM-ddTHH:mm:ss.SSSZ'],
]

/** SQL that looks at every row once: one row of answers, `<what>_<column>`, for `foundTypes`. */
export function profileSql(input: ProfileInput): string {
  const { columns, nulls, relation } = input
  const values = columns.map(({ sql }, i) => {
    const missing = nulls.length === 0 ? 'false' : `${sql} IN (${nulls.map(quoteText).join(', ')})`
    return `CASE WHEN NOT (${missing}) THEN ${sql} END AS v${i}`
  })
  const answers = columns.flatMap((_, i) =>
    Object.entries(questions(`v${i}`, input)).map(([what, sql]) => `${sql} AS ${what}_${i}`),
  )
  return `SELECT ${answers.join(', ')} FROM (SELECT ${values.join(', ')} FROM ${relation})`
}

function questions(value: string, { hasJson, hasMoments }: ProfileInput): Readonly<Record<string, string>> {
  const all = (test: string): string =>
    `coalesce(bool_and(${test}) FILTER (WHERE ${value} IS NOT NULL), false)`
  const matches = (pattern: string): string => `regexp_full_match(${value}, ${quoteText(pattern)})`
  const fraction = `length(regexp_extract(${value}, '[.]([0-9]+)$', 1))`
  const moments = MOMENT_FORMATS.map(([kind, format], i) => [
    `moment${i}`,
    all(`${parseSql(value, columnOf({ kind }, { kind, format }))} IS NOT NULL`),
  ])
  return {
    boolean: all(`lower(${value}) IN ('true', 'false')`),
    integer: all(`${matches(INTEGER)} AND TRY_CAST(${value} AS BIGINT) IS NOT NULL`),
    decimal: all(matches(DECIMAL)),
    double: all(`${matches(DOUBLE)} AND isfinite(TRY_CAST(${value} AS DOUBLE))`),
    whole: `coalesce(max(length(regexp_extract(${value}, '^-?([0-9]+)', 1))), 0)`,
    fraction: `coalesce(max(${fraction}), 0)`,
    json: hasJson ? all(`${value}[1] IN ('{', '[') AND json_valid(${value})`) : 'false',
    typed: hasMoments ? all(matches(MOMENT)) : 'false',
    ...(Object.fromEntries(moments) as Readonly<Record<string, string>>),
  }
}

/** What every column turned out to hold, from the row `profileSql` gives. Without any value: text. */
export function foundTypes(
  { columns }: ProfileInput,
  answers: Readonly<Record<string, unknown>>,
): readonly FoundType[] {
  return columns.map(({ hint }, i) => {
    const count = (what: string): number => Number(answers[`${what}_${i}`])
    const is = (what: string): boolean => answers[`${what}_${i}`] === true
    return typeOf(is, count, hint)
  })
}

function typeOf(
  is: (what: string) => boolean,
  count: (what: string) => number,
  hint: ProfiledColumn['hint'],
): FoundType {
  if (is('boolean')) {
    const words = { trueWords: ['true'], falseWords: ['false'] }
    return { type: { kind: 'boolean' }, parse: { kind: 'boolean', ...words } }
  }
  if (hint === 'double' && is('double')) return { type: { kind: 'double' }, parse: { kind: 'double' } }
  if (is('integer')) return { type: { kind: 'integer' }, parse: { kind: 'integer' } }
  const [whole, scale] = [count('whole'), count('fraction')]
  if (is('decimal') && whole + scale <= MOST_DIGITS) {
    const precision = Math.max(whole + scale, USUAL_DIGITS)
    const parse = { kind: 'decimal', decimalMark: '.', thousandsMark: undefined } as const
    return { type: { kind: 'decimal', precision, scale }, parse }
  }
  if (is('double')) return { type: { kind: 'double' }, parse: { kind: 'double' } }
  const moment = momentFormat(is, scale)
  if (moment !== undefined) return moment
  return is('json') ? { type: { kind: 'json' }, parse: { kind: 'json' } } : TEXT
}

const TEXT = { type: { kind: 'text', maxLength: undefined }, parse: { kind: 'text' } } as const

function momentFormat(is: (what: string) => boolean, fraction: number): FoundType | undefined {
  const found = MOMENT_FORMATS.find((_, i) => is(`moment${i}`))
  if (found === undefined && !is('typed')) return undefined
  const tail = fraction === 0 ? '' : fraction <= 3 ? '.SSS' : '.SSSSSS'
  const [kind, format] = found ?? ['timestamp', `yyyy-MM-dd HH:mm:ss${tail}`]
  if (kind === 'date') return { type: { kind }, parse: { kind, format } }
  return { type: { kind, ...(format.includes('SSS') ? {} : { fraction: false }) }, parse: { kind, format } }
}

function columnOf(type: LogicalType, parse: Parse): ColumnPlan {
  return {
    name: '',
    headers: [],
    anyHeader: false,
    type,
    parse,
    nullable: true,
    nulls: undefined,
    normalise: [],
    defaultText: undefined,
  }
}
