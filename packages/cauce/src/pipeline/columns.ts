import type { LogicalType, Parse } from '../model/plan.ts'
import { Column, type ValueRule } from './column.ts'
import { EMAIL_PATTERNS, IP_PATTERN, URL_PATTERN, type EmailForm } from './patterns.ts'

function column<Value>(type: LogicalType, parse: Parse, rules: readonly ValueRule[] = []): Column<Value> {
  return new Column({
    type,
    parse,
    headers: undefined,
    anyHeader: false,
    nullable: false,
    nulls: undefined,
    normalise: [],
    defaultText: undefined,
    rules,
    unique: false,
    level: 'error',
    code: undefined,
  })
}

function matching(pattern: string, type: LogicalType): Column<string> {
  return column(type, { kind: 'text' }, [{ suffix: 'invalid', test: { kind: 'matches', pattern } }])
}

/** Any text. */
export function text(): Column<string> {
  return column({ kind: 'text', maxLength: undefined }, { kind: 'text' })
}

/** How e-mail addresses are judged. */
export interface EmailOptions {
  /** `plain` (the default) is what people use; `html5` and `rfc5322` are wider. */
  readonly form?: EmailForm
  /** Blanks around the address are let pass and kept, where the text is to stay as the file has it. Default: false. */
  readonly blanksAround?: boolean
}

/** An e-mail address of at most 254 characters (RFC 5321). */
export function email({ form = 'plain', blanksAround = false }: EmailOptions = {}): Column<string> {
  const pattern = blanksAround ? `[ \\t]*(${EMAIL_PATTERNS[form]})[ \\t]*` : EMAIL_PATTERNS[form]
  return matching(pattern, { kind: 'text', maxLength: 254 }).length({ max: 254 })
}

/** A whole number of 64 bits: a sign and digits, zeros before them allowed; no thousands marks, no `1e3`, no `3.0`. */
export function integer(): Column<number> {
  return column({ kind: 'integer' }, { kind: 'integer' })
}

/** How decimal numbers are written in the file. */
export interface DecimalMarks {
  readonly decimalMark?: '.' | ','
  readonly thousandsMark?: '.' | ',' | ' '
}

/**
 * An exact number of `precision` digits, `scale` of them behind the mark. More digits are a reject, never rounded; zeros before
 * the number do not count.
 */
export function decimal(precision: number, scale: number, marks: DecimalMarks = {}): Column<string> {
  return column(
    { kind: 'decimal', precision, scale },
    { kind: 'decimal', decimalMark: marks.decimalMark ?? '.', thousandsMark: marks.thousandsMark },
  )
}

/** A floating-point number of 64 bits; one too great for it is a reject. */
export function double(): Column<number> {
  return column({ kind: 'double' }, { kind: 'double' })
}

/** True or false, by the words given (compared without regard to case). */
export function boolean(
  trueWords: readonly string[] = ['true', '1', 'yes', 'si', 'sí'],
  falseWords: readonly string[] = ['false', '0', 'no'],
): Column<boolean> {
  return column({ kind: 'boolean' }, { kind: 'boolean', trueWords, falseWords })
}

/** A day. The format is written with dd, MM, yyyy. */
export function date(format = 'yyyy-MM-dd'): Column<Date> {
  return column({ kind: 'date' }, { kind: 'date', format })
}

/** A moment without a zone, as the file tells it. The format is written with dd, MM, yyyy, HH, mm, ss, SSS or SSSSSS. */
export function timestamp(format = 'yyyy-MM-dd HH:mm:ss'): Column<Date> {
  return column({ kind: 'timestamp', ...secondsOf(format) }, { kind: 'timestamp', format })
}

/** A time of day. The format is written with HH, mm, ss, SSS. */
export function time(format = 'HH:mm:ss'): Column<string> {
  return column({ kind: 'time', ...secondsOf(format) }, { kind: 'time', format })
}

/** A UUID of five groups of hexadecimal digits. */
export function uuid(): Column<string> {
  return column({ kind: 'uuid' }, { kind: 'uuid' })
}

/** One of a few texts, compared letter by letter. */
export function oneOf<const Values extends readonly string[]>(...values: Values): Column<Values[number]> {
  const longest = values.reduce((length, value) => Math.max(length, Array.from(value).length), 255)
  return column({ kind: 'text', maxLength: longest }, { kind: 'text' }, [
    { suffix: 'not_allowed', test: { kind: 'among', values } },
  ])
}

/** A JSON document (RFC 8259), kept as written. */
export function json(): Column<string> {
  return column({ kind: 'json' }, { kind: 'json' })
}

/** An http or https address. */
export function url(): Column<string> {
  return matching(URL_PATTERN, { kind: 'text', maxLength: undefined })
}

/** An IPv4 or IPv6 address. */
export function ip(): Column<string> {
  return matching(IP_PATTERN, { kind: 'text', maxLength: 45 })
}

/** A format without SSS spells whole seconds only. */
function secondsOf(format: string): { readonly fraction?: false } {
  return format.includes('SSS') ? {} : { fraction: false }
}
