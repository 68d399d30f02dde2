import type { ColumnPlan, Parse } from '../../model/plan.ts'
import { parseDateFormat, type DateFormat } from '../../plan/date-format.ts'
import { quoteText } from '../../plan/duckdb/quote.ts'

const INTEGERS = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/
const MOMENTS = /^(DATE|TIME|TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE)$/

/**
 * SQL for the text of a typed value as its column of the contract writes it: numbers in their shortest exact form, moments in
 * the column's format where that holds all of them and else in ISO form, truth values in the column's words.
 */
export function spellSql(value: string, duckdbType: string, column: ColumnPlan | undefined): string {
  const parse = column?.parse
  const text = `CAST(${value} AS VARCHAR)`
  if (duckdbType === 'BOOLEAN') return spellBooleanSql(value, parse)
  if (INTEGERS.test(duckdbType)) return text
  if (duckdbType.startsWith('DECIMAL')) return marked(withoutZeros(text), parse)
  if (duckdbType === 'DOUBLE' || duckdbType === 'FLOAT')
    return marked(`CASE WHEN ${value} = 0 THEN '0' ELSE ${spellDoubleSql(text)} END`, parse)
  if (MOMENTS.test(duckdbType)) return spellMomentSql(value, duckdbType, parse)
  return isNested(duckdbType) ? `CAST(to_json(${value}) AS VARCHAR)` : text
}

/** Types that are the same in JSON; the others are told as text, so that no digit is lost. */
export function isJsonValue(duckdbType: string): boolean {
  return duckdbType === 'BOOLEAN' || INTEGERS.test(duckdbType) || isNested(duckdbType)
}

function isNested(duckdbType: string): boolean {
  return /\]$|^(STRUCT|MAP|UNION)\(/.test(duckdbType)
}

function spellBooleanSql(value: string, parse: Parse | undefined): string {
  const words = parse?.kind === 'boolean' ? parse : undefined
  const [yes, no] = [words?.trueWords[0] ?? 'true', words?.falseWords[0] ?? 'false']
  return `CASE ${value} WHEN true THEN ${quoteText(yes)} WHEN false THEN ${quoteText(no)} END`
}

function withoutZeros(text: string): string {
  return `CASE WHEN contains(${text}, '.') THEN rtrim(rtrim(${text}, '0'), '.') ELSE ${text} END`
}

/** The engine writes the fewest digits that mean the number, from 1e16 on and below 1e-4 with an exponent, which is written out where 38 digits do. */
function spellDoubleSql(text: string): string {
  const whole = `CAST(TRY_CAST(${text} AS DECIMAL(38,0)) AS VARCHAR)`
  const small = withoutZeros(`CAST(TRY_CAST(${text} AS DECIMAL(38,37)) AS VARCHAR)`)
  return `CASE WHEN contains(${text}, 'e+') THEN coalesce(${whole}, ${text})
    WHEN contains(${text}, 'e-') THEN CASE WHEN regexp_matches(${text}, 'e-(0[0-9]|1[0-9]|20)$') THEN ${small} ELSE ${text} END
    ELSE ${withoutZeros(text)} END`
}

function marked(text: string, parse: Parse | undefined): string {
  return parse?.kind === 'decimal' && parse.decimalMark === ',' ? `replace(${text}, '.', ',')` : text
}

function spellMomentSql(value: string, duckdbType: string, parse: Parse | undefined): string {
  const iso = `CAST(${isoValue(value, duckdbType)} AS VARCHAR)`
  const isMoment = parse?.kind === 'date' || parse?.kind === 'timestamp' || parse?.kind === 'time'
  const format = isMoment ? parseDateFormat(parse.format) : undefined
  if (format === undefined) return iso
  const moment = momentSql(value, duckdbType)
  const kept = isKeptSql(moment, format)
  if (duckdbType === 'TIMESTAMP_NS') kept.push(`CAST(${moment} AS TIMESTAMP_NS) = ${value}`)
  if (!format.hasDate && duckdbType !== 'TIME') kept.push('false')
  const spelled = `strftime(${moment}, ${quoteText(format.strptime)})`
  return kept.length === 0 ? spelled : `CASE WHEN ${kept.join(' AND ')} THEN ${spelled} ELSE ${iso} END`
}

/** What a format without the token cannot tell must be nothing. */
const UNITS = [
  ['HH', 'day'],
  ['mm', 'hour'],
  ['ss', 'minute'],
  ['SSS', 'second'],
] as const

function isKeptSql(moment: string, { tokens }: DateFormat): string[] {
  const has = (wanted: string): boolean => tokens.some(({ token }) => token === wanted)
  const missing = UNITS.filter(([token]) => !has(token)).map(([, unit]) => unit)
  const units = has('SSS') ? [...missing, 'millisecond'] : missing
  return units.map((unit) => `date_trunc('${unit}', ${moment}) = ${moment}`)
}

/** Instants are told in UTC. */
function isoValue(value: string, duckdbType: string): string {
  return duckdbType === 'TIMESTAMP WITH TIME ZONE' ? `(${value} AT TIME ZONE 'UTC')` : value
}

function momentSql(value: string, duckdbType: string): string {
  if (duckdbType === 'TIME') return `(DATE '2000-01-01' + ${value})`
  return duckdbType === 'TIMESTAMP' ? value : `CAST(${isoValue(value, duckdbType)} AS TIMESTAMP)`
}
