import type { CauceError } from '../model/cauce-error.ts'
import type { AlertRow } from '../ledger/tables.ts'

/** What alerts tell whoever keeps the log. */
export type AlertEvent =
  | { readonly kind: 'opened' | 'resolved'; readonly alert: AlertRow }
  | { readonly kind: 'delivered'; readonly channel: string; readonly host: string; readonly messages: number }
  /** Not delivered yet; tried again at `dueMs`. */
  | {
      readonly kind: 'undelivered'
      readonly channel: string
      readonly error: CauceError
      readonly dueMs: number
    }
  /** Never to be delivered: to be said loudly. */
  | { readonly kind: 'given-up'; readonly channel: string; readonly error: CauceError }
