import { ERROR_CODES, type ErrorCodeName } from './error-codes.ts'
import type { ErrorClass } from './error-class.ts'
import { fillText, type Language } from './language.ts'

/** Values for the marks in an error's text. Never rows, never secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>

/** An error as it crosses from one process to another. */
export interface ErrorReport {
  readonly code: ErrorCodeName
  readonly class: ErrorClass
  readonly details: ErrorDetails
}

/**
 * The only error people meet. Its code decides class, exit code and texts (`ERROR_CODES`); `details` fill the texts.
 * Driver errors become one of these in `connectors/<system>/errors.ts` and nowhere else.
 */
export class CauceError extends Error {
  override readonly name = 'CauceError'
  readonly code: ErrorCodeName
  readonly details: ErrorDetails

  constructor(code: ErrorCodeName, details: ErrorDetails, options: { readonly cause?: unknown } = {}) {
    super(fillText(ERROR_CODES[code].text.en, details), options)
    this.code = code
    this.details = details
  }

  get class(): ErrorClass {
    return ERROR_CODES[this.code].class
  }

  /** The error's sentence in the reader's language. A `detalle` beside `detail` is the same in Spanish. */
  textIn(language: Language): string {
    const { detalle } = this.details
    const details =
      language === 'es' && detalle !== undefined ? { ...this.details, detail: detalle } : this.details
    return fillText(ERROR_CODES[this.code].text[language], details)
  }

  /** What crosses a process border: no stack, no cause. */
  report(): ErrorReport {
    return { code: this.code, class: this.class, details: this.details }
  }

  static fromReport(report: ErrorReport): CauceError {
    return new CauceError(report.code, report.details)
  }
}
