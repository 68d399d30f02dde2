import type { LogicalType, Parse } from '../model/plan.ts'
import { parseDateFormat } from './date-format.ts'

/*
 * What a text must look like before it is cast, the same for every engine: casts differ (one takes `3.7`, `1e3`, `0x1F` and
 * `1_000` for integers, another does not), patterns do not.
 */

const INTEGER = '[+-]?0*[0-9]{1,19}'
const DOUBLE = '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?'
const UUID = '[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}'

/** White space that `trim` takes off: that of ASCII, and the no-break space of spreadsheets and web pages. */
export const WHITE_SPACE = ' \t\n\v\f\r\u00a0'

/** Pattern of the texts a value may be spelled in; undefined where a pattern cannot tell (text, words, JSON). */
export function valuePattern(parse: Parse, type: LogicalType): string | undefined {
  switch (parse.kind) {
    case 'integer':
      return INTEGER
    case 'decimal':
      return decimalPattern(parse, type)
    case 'double':
      return DOUBLE
    case 'date':
    case 'timestamp':
    case 'time':
      return parseDateFormat(parse.format)?.pattern
    case 'uuid':
      return UUID
    case 'text':
    case 'boolean':
    case 'json':
      return undefined
  }
}

function decimalPattern(parse: Extract<Parse, { kind: 'decimal' }>, type: LogicalType): string {
  const { precision, scale } = type.kind === 'decimal' ? type : { precision: 18, scale: 0 }
  const digits = precision - scale
  // Nothing before the mark is zero (`.5`); nothing at all is for the cast to refuse.
  const plain = digits === 0 ? '0*' : `0*[0-9]{0,${digits}}`
  const { decimalMark, thousandsMark } = parse
  const whole = thousandsMark === undefined ? plain : `(${plain}|[0-9]{1,3}([${thousandsMark}][0-9]{3})+)`
  return `[+-]?${whole}${scale === 0 ? '' : `([${decimalMark}][0-9]{1,${scale}})?`}`
}
