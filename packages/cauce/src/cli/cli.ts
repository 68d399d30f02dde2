import type { Clock } from '../model/clock.ts'
import type { Screen } from './terminal/screen.ts'
import type { Speaker } from './speaker.ts'

/** What every command works with. */
export interface Cli {
  readonly speaker: Speaker
  /** Results: standard output. */
  readonly out: Screen
  /** Progress and errors: standard error. */
  readonly err: Screen
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly currentFolder: string
  readonly clock: Clock
  /** Cauce's own. */
  readonly version: string
}

/** Options every command takes, before or after its name. */
export interface CommonOptions {
  readonly project?: string | undefined
  readonly home?: string | undefined
  readonly ledger?: string | undefined
  readonly lang?: string | undefined
}
