import type { Parse, XlsxReadPlan } from '../../model/plan.ts'
import { spellMoment } from '../typed/spell-moment.ts'
import { spellBoolean, spellNumber } from '../typed/spell-number.ts'

const DAY_MS = 86_400_000

/** What stands in a cell; empty ones are not there. */
export type CellValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Milliseconds since 1970, as the cell shows it. */
  | { readonly kind: 'moment'; readonly ms: number }
  /** A time of day or an elapsed time, in milliseconds. */
  | { readonly kind: 'time' | 'duration'; readonly ms: number }
  | { readonly kind: 'error'; readonly text: string }

/** The moment a serial number of days means. Numbers below one are times of day. */
export function momentOf(serial: number, is1904: boolean): CellValue {
  const ms = Math.round(serial * DAY_MS)
  if (serial >= 0 && serial < 1 && !is1904) return { kind: 'time', ms }
  if (is1904) return { kind: 'moment', ms: Date.UTC(1904, 0, 1) + ms }
  // Excel believes in a 29 February 1900: days before it are one further on than its count says.
  return { kind: 'moment', ms: Date.UTC(1899, 11, serial < 60 ? 31 : 30) + ms }
}

/** A cell's text as a column of the contract writes it; null where there is no value. */
export function spellCell(
  value: CellValue,
  parse: Parse | undefined,
  errorCells: XlsxReadPlan['errorCells'],
): string | null {
  switch (value.kind) {
    case 'text':
      return value.text
    case 'number':
      return numberText(value.number, parse)
    case 'boolean':
      return spellBoolean(value.value, parse)
    case 'moment':
      return spellMoment(value.ms, parse)
    case 'time':
      return parse?.kind === 'time' ? spellMoment(value.ms, parse) : clockText(value.ms)
    case 'duration':
      return clockText(value.ms)
    case 'error':
      return errorCells === 'null' ? null : value.text
  }
}

/** JavaScript writes the fewest digits that mean the number; only its exponents are not for people. */
function numberText(number: number, parse: Parse | undefined): string {
  const text = String(number)
  return text.includes('e') || parse?.kind === 'decimal' ? spellNumber(text, parse) : text
}

/** A cell as people see it in the row's JSON. */
export function cellJson(value: CellValue): string | number | boolean {
  if (value.kind === 'number') return value.number
  if (value.kind === 'boolean') return value.value
  return spellCell(value, undefined, 'text') ?? ''
}

/** `10:20:30`, hours beyond a day included. */
function clockText(ms: number): string {
  const sign = ms < 0 ? '-' : ''
  const all = Math.abs(ms)
  const two = (count: number): string => String(Math.floor(count)).padStart(2, '0')
  const thousandths = all % 1000 === 0 ? '' : `.${String(all % 1000).padStart(3, '0')}`
  return `${sign}${two(all / 3_600_000)}:${two((all / 60_000) % 60)}:${two((all / 1000) % 60)}${thousandths}`
}
