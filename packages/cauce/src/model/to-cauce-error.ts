import { CauceError, type ErrorDetails } from './cauce-error.ts'
import type { ErrorCodeName } from './error-codes.ts'

/** What to call an error nobody classified where it arose. */
export interface Fallback {
  readonly code: ErrorCodeName
  readonly details: ErrorDetails
}

/**
 * Gives an error a code: a `CauceError` stays what it is; a full disk is DISK_FULL wherever it was met; programming errors
 * (TypeError, RangeError, failed assertion) are BUG; anything else takes the fallback, `{detail}` being its message.
 */
export function toCauceError(error: unknown, fallback: Fallback): CauceError {
  if (error instanceof CauceError) return error
  const detail = error instanceof Error ? error.message : String(error)
  const system = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (system === 'ENOSPC' || system === 'EDQUOT' || /no space left on device/i.test(detail)) {
    const path = error instanceof Error && 'path' in error ? String(error.path) : 'the spool'
    return new CauceError('DISK_FULL', { path }, { cause: error })
  }
  if (
    error instanceof TypeError ||
    error instanceof ReferenceError ||
    (error instanceof Error && error.name === 'AssertionError')
  )
    return new CauceError('BUG', { detail }, { cause: error })
  return new CauceError(fallback.code, { detail, ...fallback.details }, { cause: error })
}
