import type { Parse } from '../../model/plan.ts'

const DAY_MS = 86_400_000
const TOKEN = /yyyy|SSS|MM|dd|HH|mm|ss/g

/** A moment as the letters of a format tell it, with a digit for every digit it has; undefined where the format cannot hold all of it. */
function inFormat(ms: number, format: string): string | undefined {
  const iso = new Date(ms).toISOString()
  // Years before 0 or after 9999 have another shape, and no format of ours spells them.
  if (iso.length !== 24) return undefined
  const has = (token: string): boolean => format.includes(token)
  const timeMs = ((ms % DAY_MS) + DAY_MS) % DAY_MS
  const kept =
    (has('yyyy') || ms === timeMs) &&
    (has('SSS') || timeMs % 1000 === 0) &&
    (has('ss') || timeMs % 60_000 < 1000) &&
    (has('HH') || timeMs < 60_000)
  if (!kept) return undefined
  const parts: Readonly<Record<string, string>> = {
    yyyy: iso.slice(0, 4),
    MM: iso.slice(5, 7),
    dd: iso.slice(8, 10),
    HH: iso.slice(11, 13),
    mm: iso.slice(14, 16),
    ss: iso.slice(17, 19),
    SSS: iso.slice(20, 23),
  }
  return format.replaceAll(TOKEN, (token) => parts[token] ?? token)
}

/** A moment as people write it: the date alone at midnight, thousandths only where there are some. */
function isoMoment(ms: number): string {
  const date = new Date(ms)
  if (Number.isNaN(date.getTime())) return String(ms)
  const [day = '', time = ''] = date.toISOString().split('T')
  if (time === '00:00:00.000Z') return day
  return `${day} ${time.replace(/(\.000)?Z$/, '')}`
}

/**
 * Milliseconds since 1970 (UTC) as a column's text: in its own format where that can hold all of it, else in ISO form, which
 * its rules then judge. Times of day are moments of 1970-01-01.
 */
export function spellMoment(ms: number, parse: Parse | undefined): string {
  const isMoment = parse?.kind === 'date' || parse?.kind === 'timestamp' || parse?.kind === 'time'
  return (isMoment && !Number.isNaN(ms) ? inFormat(ms, parse.format) : undefined) ?? isoMoment(ms)
}
