import type { Destination } from '../../../packages/cauce/src/connectors/destination.ts'

/** What the suite needs of a real database behind a destination. */
export interface DestinationKit {
  /** The system keeps no text with NUL in it, and refuses the rows. */
  readonly refusesNul?: true
  /** A fresh, empty database. */
  createDatabase(): Promise<KitDatabase>
}

export interface KitDatabase {
  /** A destination of its own on this database, as another process would have. */
  open(): Promise<Destination>
  /** One statement beside the destination. */
  run(sql: string): Promise<void>
  quoteName(name: string): string
  /** Rows of a table in the database's own spelling of values; whole numbers and decimals as text, booleans as 0 and 1. */
  read(table: string, columns: readonly string[]): Promise<(string | number | null)[][]>
  tables(): Promise<string[]>
  /** Transactions on this database that nobody ended. */
  openTransactions(): Promise<number>
  dispose(): Promise<void>
}
