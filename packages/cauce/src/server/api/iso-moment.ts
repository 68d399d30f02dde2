/** Milliseconds since 1970 UTC in ISO 8601; null stays null. */
export function isoMoment(ms: number): string
export function isoMoment(ms: number | null): string | null
export function isoMoment(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
