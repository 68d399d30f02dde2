import type { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import type { Destination } from '../connectors/destination.ts'
import type { DeclaredSource } from '../connectors/open-declared-source.ts'
import type { Source } from '../connectors/source.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import type { ItemIdentity, Stage } from './messages.ts'
import type { Seat } from './seat.ts'

export interface SeatRequest {
  readonly seat: Seat | undefined
  /** Made durable before the seat is given: see `need-seat`. */
  readonly identity?: ItemIdentity | undefined
  /** Ends the connection, which may be used again later: a seat counted over all workers is a connection. */
  readonly rest: () => Promise<void>
}

/** What a performer lends to the task it carries. */
export interface Stagehand {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Opened once per address and kept for the next item. */
  source(declared: DeclaredSource): Promise<Source>
  destination(url: string): Promise<Destination>
  /** An engine locked to this performer's folder, in which every task's spool lies. */
  engine(memoryMb: number): Promise<Engine>
  progress(stage: Stage, figures?: { readonly bytes?: number; readonly rows?: number }): void
  /** A stage failed and is tried again by itself; `next` is the number of that try. */
  retrying(stage: Stage, next: number, error: CauceError): void
  /** Whether a load is known to be of a later version of the item in hand. */
  isLater(loadKey: string): Promise<boolean>
  /** Runs work while holding a seat, at once where none is needed. */
  seated<Result>(request: SeatRequest, work: () => Promise<Result>): Promise<Result>
}
