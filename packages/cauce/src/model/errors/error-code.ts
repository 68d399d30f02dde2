import type { ErrorClass } from '../error-class.ts'
import type { Text } from '../language.ts'

/** What an error is, what it means, and what a person can do about it. */
export interface ErrorCode {
  readonly class: ErrorClass
  readonly text: Text
}
