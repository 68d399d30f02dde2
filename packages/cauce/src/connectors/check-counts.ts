import { CauceError } from '../model/cauce-error.ts'
import type { LoadRequest } from './destination.ts'

/** `read = loaded + rejected + skipped`, or the numbers we would commit are wrong. @throws {CauceError} ACCOUNTING_MISMATCH */
export function checkCounts({ record: { counts } }: Pick<LoadRequest, 'record'>): void {
  const { read, loaded, rejected, skipped } = counts
  if (read !== loaded + rejected + skipped)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: 'cauce_loads',
      detail: `${read} rows were read, but ${loaded} loaded, ${rejected} rejected and ${skipped} skipped`,
    })
}
