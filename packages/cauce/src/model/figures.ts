import type { Language } from './language.ts'

/** Figures and moments as people of a language write them. */
export interface Figures {
  /** 1006 → 1,006. */
  readonly count: (value: number) => string
  /** 1234567 → 1.2 MB; powers of 1000. */
  readonly bytes: (value: number) => string
  /** 1234 → 1.2 s; 95000 → 1 min 35 s. */
  readonly duration: (ms: number) => string
  /** A moment in the machine's own zone, to the second: 2026-11-24 02:00:07. */
  readonly moment: (ms: number) => string
  /** The same as short as it can be told from now: 02:00:07 today, 11-24 02:00 this year, 2025-11-24 before. */
  readonly recent: (ms: number, nowMs: number) => string
  /** The same in a time zone: 2026-11-24 02:00:07. */
  readonly momentIn: (ms: number, timezone: string) => string
  /** 0.978 → 97.8 %; 100 % only when it is all of it, 0 % only when it is none. */
  readonly percent: (share: number) => string
  /** yyyy-MM-dd in words: Tuesday, 24 November 2026. */
  readonly dayInWords: (day: string) => string
  /** yyyy-MM in words: November 2026. */
  readonly monthInWords: (month: string) => string
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

export function figuresIn(language: Language): Figures {
  // Mexican Spanish groups 1,006 and marks 1.2 as English does.
  const locale = language === 'es' ? 'es-MX' : 'en'
  const whole = new Intl.NumberFormat(locale)
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  return {
    count: (value) => whole.format(value),
    bytes: (value) => {
      let [amount, unit] = [value, 0]
      while (amount >= (unit === 0 ? 1000 : 999.95) && unit < BYTE_UNITS.length - 1)
        [amount, unit] = [amount / 1000, unit + 1]
      return `${unit === 0 ? whole.format(amount) : tenths.format(amount)} ${BYTE_UNITS[unit]}`
    },
    duration: (ms) => durationOf(ms, tenths),
    moment: (ms) => momentOf(new Date(ms)),
    recent: (ms, nowMs) => recentOf(momentOf(new Date(ms)), momentOf(new Date(nowMs))),
    momentIn: (ms, timezone) => momentInZone(ms, timezone),
    percent: (share) => `${tenths.format(shownShare(share) * 100)} %`,
    dayInWords: (day) => inWords(`${day}T00:00:00Z`, language, { weekday: 'long', day: 'numeric' }),
    monthInWords: (month) => inWords(`${month}-01T00:00:00Z`, language, {}),
  }
}

function durationOf(ms: number, tenths: Intl.NumberFormat): string {
  if (ms < 59_950) return `${tenths.format(ms / 1000)} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Sortable, and the same in every language. */
function momentOf(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

function recentOf(moment: string, now: string): string {
  const [day = '', time = ''] = moment.split(' ')
  if (now.startsWith(day)) return time
  return now.startsWith(day.slice(0, 5)) ? `${day.slice(5)} ${time.slice(0, 5)}` : day
}

function momentInZone(ms: number, timezone: string): string {
  // Swedish writes moments as we do.
  return new Intl.DateTimeFormat('sv', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(ms)
}

/** Rounding must not hide the one of ten thousand that failed, or loaded. */
function shownShare(share: number): number {
  if (share <= 0 || share >= 1) return share
  return Math.min(0.999, Math.max(0.001, share))
}

function inWords(at: string, language: Language, more: Intl.DateTimeFormatOptions): string {
  const locale = language === 'es' ? 'es-MX' : 'en-GB'
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric', ...more }).format(
    new Date(at),
  )
}
