import type { ColumnPlan, LogicalType, Parse, Rule } from '../model/plan.ts'
import { parseDateFormat } from './date-format.ts'
import { valuePattern } from './value-patterns.ts'

/*
 * Judging one text without an engine, for texts that stand in declarations (defaults, bounds). Rows of files are judged by the
 * engine alone.
 */

/** Codes of the column's error rules a text breaks, as far as they can be judged without an engine. */
export function brokenByText(text: string, column: ColumnPlan, rules: readonly Rule[]): readonly string[] {
  return rules
    .filter((rule) => rule.column === column.name && rule.level === 'error' && breaks(text, column, rule))
    .map(({ code }) => code)
}

function breaks(text: string, column: ColumnPlan, { test }: Rule): boolean {
  if (test.kind === 'parses') return !isValue(text, column)
  if (test.kind === 'among') return !test.values.includes(text)
  if (test.kind === 'matches') return !matchesWhole(text, test.pattern)
  if (test.kind !== 'length') return false
  const characters = Array.from(text).length
  return characters < (test.min ?? 0) || characters > (test.max ?? Infinity)
}

/** Whether a text has a value in the column. */
export function isValue(text: string, { parse, type }: Pick<ColumnPlan, 'parse' | 'type'>): boolean {
  const pattern = valuePattern(parse, type)
  if (pattern !== undefined && !matchesWhole(text, pattern)) return false
  switch (parse.kind) {
    case 'text':
    case 'uuid':
      return true
    case 'integer':
      return isInt64(text)
    case 'decimal':
      return fitsDecimal(text, parse, type)
    case 'double':
      return Number.isFinite(Number(text))
    case 'boolean':
      return [...parse.trueWords, ...parse.falseWords].some(
        (word) => word.toLowerCase() === text.toLowerCase(),
      )
    case 'date':
    case 'timestamp':
    case 'time':
      return isMoment(text, parse)
    case 'json':
      return isJson(text)
  }
}

function isInt64(text: string): boolean {
  const value = BigInt(text.replace(/^\+/, ''))
  return value === BigInt.asIntN(64, value)
}

function fitsDecimal(
  text: string,
  { decimalMark, thousandsMark }: Extract<Parse, { kind: 'decimal' }>,
  type: LogicalType,
): boolean {
  const digits = type.kind === 'decimal' ? type.precision - type.scale : 0
  const bare = thousandsMark === undefined ? text : text.replaceAll(thousandsMark, '')
  const whole = bare.replace(/^[+-]/, '').split(decimalMark)[0] ?? ''
  return /[0-9]/.test(text) && whole.replace(/^0+/, '').length <= digits
}

function isMoment(text: string, { format }: Extract<Parse, { format: string }>): boolean {
  const tokens = parseDateFormat(format)?.tokens ?? []
  const part = (token: string, otherwise: number): number => {
    const found = tokens.find((candidate) => candidate.token === token)
    return found === undefined ? otherwise : Number(text.slice(found.at, found.at + token.length))
  }
  const [year, month, day] = [part('yyyy', 2000), part('MM', 1), part('dd', 1)]
  const date = new Date(Date.UTC(year, month - 1, day))
  return (
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    part('HH', 0) < 24 &&
    part('mm', 0) < 60 &&
    part('ss', 0) < 60
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A pattern JavaScript cannot read is told elsewhere. */
function matchesWhole(text: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(text)
  } catch {
    return true
  }
}
