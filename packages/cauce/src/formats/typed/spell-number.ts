import type { Parse } from '../../model/plan.ts'

const NUMBER = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/
/** Zeros that are written out; a number of more keeps its exponent. */
const MOST_ZEROS = 400

/**
 * A number's shortest exact decimal text: `1.50` is `1.5`, `17850.0` is `17850`, `1e5` is `100000`, `-0` is `0`. Digits are moved,
 * never computed, so none is lost or made up.
 */
export function plainNumber(text: string): string {
  const found = NUMBER.exec(text)
  if (found === null) return text
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found
  const shift = Number(exponent)
  if (Math.abs(shift) > MOST_ZEROS) return text
  const digits = whole + fraction
  const point = whole.length + shift
  const left = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  const right =
    point < digits.length ? digits.slice(Math.max(point, 0)).padStart(digits.length - point, '0') : ''
  const shortLeft = left.replace(/^0+(?=[0-9])/, '')
  const shortRight = right.replace(/0+$/, '')
  const plain = shortRight === '' ? shortLeft : `${shortLeft}.${shortRight}`
  return plain === '0' ? plain : sign + plain
}

/** A number as a column's text: in its shortest exact form, with the column's own decimal mark. */
export function spellNumber(text: string, parse: Parse | undefined): string {
  const plain = plainNumber(text)
  return parse?.kind === 'decimal' && parse.decimalMark === ',' ? plain.replace('.', ',') : plain
}

/** A truth value as a column's text: the first of its own words. */
export function spellBoolean(value: boolean, parse: Parse | undefined): string {
  const words = parse?.kind !== 'boolean' ? [] : value ? parse.trueWords : parse.falseWords
  return words[0] ?? String(value)
}
