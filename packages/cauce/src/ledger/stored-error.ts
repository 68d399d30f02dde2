import { CauceError, type ErrorDetails } from '../model/cauce-error.ts'
import { ERROR_CODES } from '../model/error-codes.ts'
import type { ItemRow } from './tables.ts'

/** The last error of an item or an attempt, to be told in any language; undefined: none, or one of a newer Cauce. */
export function storedError(
  row: Pick<ItemRow, 'errorClass' | 'errorCode' | 'errorDetails'>,
): CauceError | undefined {
  const { errorCode, errorDetails } = row
  if (errorCode === null || !Object.hasOwn(ERROR_CODES, errorCode)) return undefined
  return new CauceError(errorCode, JSON.parse(errorDetails ?? '{}') as ErrorDetails)
}
