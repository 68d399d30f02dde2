import { CauceError } from '../../model/cauce-error.ts'

/** @throws {CauceError} ACCOUNTING_MISMATCH */
export function expectRows(table: string, what: string, found: number, expected: number): void {
  if (found !== expected)
    throw new CauceError('ACCOUNTING_MISMATCH', { table, detail: `${what}: ${found} instead of ${expected}` })
}

/** A sum before and after a load, and what the load should have added; decimal text. */
export interface Growth {
  readonly before: string
  readonly after: string
  readonly expected: string
}

/**
 * Whether a sum grew by what was expected. Sums of doubles (`isExact` false) depend on the order of adding: a billionth of their
 * size is let pass.
 */
export function grewAsExpected({ before, after, expected }: Growth, isExact: boolean): boolean {
  if (isExact) {
    const scale = Math.max(...[before, after, expected].map(scaleOf))
    return scaled(after, scale) - scaled(before, scale) === scaled(expected, scale)
  }
  const [a, b, c] = [Number(after), Number(before), Number(expected)]
  return Math.abs(a - b - c) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), Math.abs(c), 1)
}

function scaleOf(decimal: string): number {
  return decimal.split('.')[1]?.length ?? 0
}

/** The decimal as a whole number of its `scale`-th places. */
function scaled(decimal: string, scale: number): bigint {
  const [whole = '', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(scale, '0'))
}
