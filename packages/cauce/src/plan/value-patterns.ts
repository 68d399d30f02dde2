import type { LogicalType, Parse } from '../model/plan.ts'
import { parseDateFormat } from './date-format.ts'

/*
 * What a text must look like before it is cast, the same for every engine: casts differ (one takes `3.7`, `1e3`, `0x1F` and
 * `1_000` for integers, another does not), patterns do not.
 */

// Not `0*[0-9]{1,19}`: two ways to read a zero make the pattern a third slower, and the cast knows what fits.
const INTEGER = '[+-]?[0-9]+'
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

/** The number of digits before the mark is for the cast, which knows that zeros in front do not count. */
function decimalPattern(parse: Extract<Parse, { kind: 'decimal' }>, type: LogicalType): string {
  const scale = type.kind === 'decimal' ? type.scale : 0
  const { decimalMark, thousandsMark } = parse
  const whole = thousandsMark === undefined ? '[0-9]*' : `([0-9]*|[0-9]{1,3}([${thousandsMark}][0-9]{3})+)`
  return `[+-]?${whole}${scale === 0 ? '' : `([${decimalMark}][0-9]{1,${scale}})?`}`
}
