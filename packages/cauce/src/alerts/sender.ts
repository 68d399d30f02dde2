import type { CauceError } from '../model/cauce-error.ts'
import type { AlertMessage } from './compose-message.ts'

/** How sending a message ended. */
export type SendResult =
  /** `note`: what whoever took it said that people should know, such as an address of several that was refused. */
  | { readonly kind: 'sent'; readonly note: string | undefined }
  | {
      readonly kind: 'failed'
      readonly error: CauceError
      /** The same message would be refused again. */
      readonly isFinal: boolean
      /** How long it asked us to wait. */
      readonly retryAfterMs: number | undefined
    }

/** A way to people. */
export interface Sender {
  readonly channel: string
  /** All that may be shown of where it leads. */
  readonly host: string
  /** Sends once, in bounded time; never throws for what the other side does. */
  readonly send: (message: AlertMessage, signal?: AbortSignal) => Promise<SendResult>
}
