const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** How durations are written, for error messages. */
export const DURATION_FORM = '10s, 5m, 1h30m, 2d or 500ms'

/** Milliseconds of a duration as people write it (`90s`, `1h30m`); undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(ms|[smhd]))+$/.test(text)) return undefined
  let totalMs = 0
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)(ms|[smhd])/g))
    totalMs += Number(count) * (UNIT_MS[unit] ?? 0)
  return Number.isSafeInteger(totalMs) ? totalMs : undefined
}
