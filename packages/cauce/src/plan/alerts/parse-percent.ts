/** The number of a share as people write it (`5%`, `0.5%`), from 0 to below 100; undefined when it is none. */
export function parsePercent(text: string): number | undefined {
  const [, digits] = /^(\d{1,2}(?:\.\d+)?)\s*%$/.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits)
}
