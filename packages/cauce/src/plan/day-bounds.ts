import { dateInZone } from './periods.ts'

/** A stretch of time in ms since 1970 UTC: from its first moment up to, and without, the first one after it. */
export interface Bounds {
  readonly fromMs: number
  readonly untilMs: number
}

const HOUR_MS = 3_600_000
/** No zone is further from UTC. */
const FURTHEST_HOURS = 26

/**
 * First moment of a day (yyyy-MM-dd) in a time zone, and of the day after it: 23, 24 or 25 hours, where a clock is changed; none
 * for a day that a zone left out.
 */
export function dayBounds(day: string, timezone: string): Bounds {
  return { fromMs: startOfDay(day, timezone), untilMs: startOfDay(dayAfter(day), timezone) }
}

/** First moment of a month (yyyy-MM) in a time zone, and of the month after it. */
export function monthBounds(month: string, timezone: string): Bounds {
  const days = daysOfMonth(month)
  const [first = '', last = ''] = [days[0], days.at(-1)]
  return { fromMs: startOfDay(first, timezone), untilMs: startOfDay(dayAfter(last), timezone) }
}

/** yyyy-MM-dd of the day after, by the calendar alone. */
export function dayAfter(day: string): string {
  return isoDay(Date.parse(`${day}T00:00:00Z`) + 24 * HOUR_MS)
}

/** yyyy-MM-dd of the day before, by the calendar alone. */
export function dayBefore(day: string): string {
  return isoDay(Date.parse(`${day}T00:00:00Z`) - 24 * HOUR_MS)
}

/** Every day of a month (yyyy-MM), in order. */
export function daysOfMonth(month: string): readonly string[] {
  const days: string[] = []
  for (let day = `${month}-01`; day.startsWith(month); day = dayAfter(day)) days.push(day)
  return days
}

/** Whether a text is a day that exists, as yyyy-MM-dd: `Date.parse` takes the 31st of any month. */
export function isDay(text: string): boolean {
  if (!/^[1-9]\d{3}-\d{2}-\d{2}$/.test(text)) return false
  const atMs = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(atMs) && isoDay(atMs) === text
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** By halving: the date of a zone never goes back while time goes on, whatever its clock does at midnight. */
function startOfDay(day: string, timezone: string): number {
  const middle = Date.parse(`${day}T00:00:00Z`)
  let [before, after] = [middle - FURTHEST_HOURS * HOUR_MS, middle + FURTHEST_HOURS * HOUR_MS]
  while (after - before > 1) {
    const probe = Math.floor((before + after) / 2)
    if (dateInZone(probe, timezone) < day) before = probe
    else after = probe
  }
  return after
}
