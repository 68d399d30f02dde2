import type { LocatedRecord } from './csv/locate-records.ts'

/** A file counted by us and ready to be read by the engine, whatever its format. */
export interface PreparedRows {
  /** Data records by our own count: the engine must find as many. */
  readonly records: number
  /** False when every record's `_flags` are 0 without looking. */
  readonly hasFlags: boolean
  /**
   * A parenthesised SELECT for the engine's FROM: `columnNames` (one for each column of the file), `_x1` … `_x<spare>`, all
   * VARCHAR, and `_flags` INTEGER; one row per record, in file order.
   */
  readSql(columnNames: readonly string[], spare: number): string
  /** The chosen records as they stand in the file; numbers ascending, from 1. */
  locate(records: Iterable<number>): AsyncGenerator<LocatedRecord, void, undefined>
}
