import type { ErrorReport } from '../model/cauce-error.ts'
import type { Seat } from './seat.ts'
import type { Task, TaskResult } from './task.ts'

/** Where an item is, in the words people see. */
export type Stage = 'extract' | 'transform' | 'load' | 'archive'

/** From the worker to a performer. */
export type ToPerformer =
  | { readonly kind: 'task'; readonly task: Task }
  /** The seat asked for is free now and yours. */
  | { readonly kind: 'seat' }
  /** Whether the load asked after is of a later version. */
  | { readonly kind: 'later'; readonly isLater: boolean }
  /** Stop what you are doing: roll back, leave nothing, report. */
  | { readonly kind: 'cancel'; readonly reason: string }

/** From a performer to its worker. */
export type FromPerformer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly stage: Stage; readonly bytes?: number; readonly rows?: number }
  /** A stage failed and is tried again without giving the item back; `next` is the number of that try. */
  | { readonly kind: 'retry'; readonly stage: Stage; readonly next: number; readonly error: ErrorReport }
  /**
   * A seat at the source or the destination is needed now. Before a load, the item's bytes are in the spool and transformed: the
   * worker makes `sha256` and `loadKey` durable before it answers, so that what a crash leaves behind can always be told apart.
   */
  | {
      readonly kind: 'need-seat'
      readonly identity: ItemIdentity | undefined
      readonly seat: Seat
    }
  | { readonly kind: 'free-seat' }
  /** At the destination another load stands for the item in hand: which of the two is the later version, by the ledger? */
  | { readonly kind: 'is-later'; readonly loadKey: string }
  | { readonly kind: 'result'; readonly result: TaskResult }

export interface ItemIdentity {
  readonly sha256: string
  readonly loadKey: string
  readonly sizeBytes: number
}
