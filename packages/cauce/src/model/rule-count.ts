import type { Level } from './plan.ts'

/** How many rows of an item broke one rule. */
export interface RuleCount {
  readonly code: string
  readonly level: Level
  readonly rows: number
}
