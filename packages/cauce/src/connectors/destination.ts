import type { RowCounts } from '../model/item-state.ts'
import type { LogicalType, MergePlan, PeriodUnit } from '../model/plan.ts'

/** A column as the destination must hold it. */
export interface DestinationColumn {
  readonly name: string
  readonly type: LogicalType
  readonly nullable: boolean
}

/** Shape of a table the pipeline feeds: created when absent, checked by column name when it exists. */
export interface TableShape {
  readonly name: string
  readonly columns: readonly DestinationColumn[]
  /** Columns that identify a row (merged tables), compared by bytes: `peña` is not `pena`. Empty otherwise. */
  readonly key: readonly string[]
  /** How existing values meet new ones, per non-key column; empty unless merged (`first` and `last` need columns of their own). */
  readonly merge: Readonly<Record<string, MergePlan>>
  /**
   * Columns that tell which item version a report's row speaks of, the item first; empty otherwise. A new row replaces those
   * that agree with it on the first and agree or hold NULL in the others: NULL there means "not known yet".
   */
  readonly identity: readonly string[]
  /** Where rows tell which load they are of, so that they can be replaced; absent: they do not tell. */
  readonly loadColumn?: LoadColumn | undefined
}

/** The column of a table that holds the key of the load each row came with. */
export interface LoadColumn {
  readonly name: string
  /** Whether a table that is made gets an index over it: where loads replace each other day by day. */
  readonly indexed: boolean
}

/** One table's rows of one item, written to the spool in the destination's staging format. */
export interface TableLoad extends TableShape {
  readonly mode: 'append' | 'replace' | 'upsert'
  /** File in the attempt's spool folder holding exactly `columns`, in order, sorted by key for merged tables. */
  readonly path: string
  readonly rows: number
  /** Sums of summed columns over the staged rows, as decimal text, checked against what arrived. */
  readonly sums: Readonly<Record<string, string>>
  /**
   * Timestamp and time columns of which some staged value has a fraction of a second: a database that would round it off
   * without a word (MySQL's DATETIME does) refuses the load instead.
   */
  readonly fractions: readonly string[]
  /** Which count of a load its rows are, where they are one: every valid row, or every reject. */
  readonly holds?: 'loaded' | 'rejected' | undefined
}

/** The guard row: committed loads only, one per load, written first in the load's transaction. */
export interface LoadRecord {
  readonly loadKey: string
  readonly pipeline: string
  readonly item: string
  readonly sha256: string
  readonly generation: number
  readonly counts: RowCounts
  /** For replays: the load whose rejects were mended. */
  readonly originLoad?: string | undefined
  /** The load that took this one's place: its rows are gone. Never set in a request. */
  readonly replacedBy?: string | undefined
}

/** A row of the pipeline's own load report (the visits call it bitacora_control): columns with values ready to be stored. */
export interface ReportRow {
  readonly table: TableShape
  readonly values: Readonly<Record<string, string | number | null>>
}

/** A counter that restarts with each year or month of the destination's reference date. */
export interface PeriodCounter {
  readonly table: string
  readonly column: string
  readonly unit: PeriodUnit
}

/** A row that came back from a reject of an earlier load; (originLoad, record) is loaded at most once, ever. */
export interface ReplayedRow {
  readonly originLoad: string
  readonly record: number
}

/** What a load that takes the place of others needs besides its own rows. */
export interface Replacing {
  /**
   * Committed loads of this item that give way: their rows and those of replays of their rejects go in the transaction in which
   * the new ones come.
   */
  readonly loads: readonly string[]
  readonly remerge: Remerge
  /** What the load report is told of the versions that gave way; undefined: nothing. */
  readonly report: ReplacedReport | undefined
}

/** Values for the report rows of replaced loads. */
export interface ReplacedReport {
  readonly table: TableShape
  /** Columns and values that tell the row of a load. */
  readonly rowOf: (replaced: LoadRecord) => Readonly<Record<string, string>>
  readonly set: Readonly<Record<string, string>>
}

/** Works merged rows out again from their detail table, when rows they were computed from go. */
export interface Remerge {
  /**
   * Asked before anything goes.
   * @returns one whole row of the table for each key that the replaced rows and the new ones lead to, sorted by key; what stands
   * in its other columns is of no account
   */
  readonly touched: (table: TableLoad, detail: DetailReader) => Promise<StagedRows>
  /** Asked when nobody else can change the rows of these keys, and the detail table holds the new rows and no replaced ones. */
  readonly merged: (table: TableLoad, detail: DetailReader) => Promise<RemergedRows>
}

/** A file in the staging format. */
export interface StagedRows {
  readonly path: string
  readonly rows: number
}

export interface RemergedRows extends StagedRows {
  /**
   * Columns of the rows: the table's, then two for each column merged as `first` or `last`, in the order of `merge`: what its value
   * came by (`_cauce_by_` and its name), and with which item (`_cauce_item_` and its name). Sorted by key.
   */
  readonly columns: readonly DestinationColumn[]
  /** As in `TableLoad`. */
  readonly sums: Readonly<Record<string, string>>
  /** Touched keys that have no rows left: the key's columns. */
  readonly vanished: StagedRows
}

/** Reads what a merged table was computed from, within the load's own transaction. */
export interface DetailReader {
  /**
   * Writes rows of a detail table to a spool file in the staging format: while `touched` is asked those of the replaced loads,
   * afterwards all, or those that hold a touched key in the columns `key` (in the key's own order) and perhaps others.
   */
  readonly rows: (request: {
    readonly table: string
    readonly loadColumn: string
    readonly columns: readonly string[]
    readonly key: readonly string[] | undefined
    readonly path: string
  }) => Promise<{ readonly rows: number }>
  /** The loads with these keys, in the order they were committed; keys of no load are passed over. */
  readonly loads: (loadKeys: readonly string[]) => Promise<readonly LoadRecord[]>
}

export interface LoadRequest {
  readonly record: LoadRecord
  /** What becomes of the same bytes under another item: they must not be loaded, or they are. */
  readonly duplicates: 'refuse' | 'load'
  /** Undefined: nothing gives way, and the same item with other bytes must not be loaded. */
  readonly replacing: Replacing | undefined
  /** Rejects first, then appends, then merged tables; loaded in this order. */
  readonly tables: readonly TableLoad[]
  readonly report: ReportRow | undefined
  readonly replayed: readonly ReplayedRow[]
  /** Every period counter of the tables, with the period (`2013` or `2013-02`) their staged values were computed for. */
  readonly periods: readonly (PeriodCounter & { readonly period: string })[]
  /** Unique per attempt; part of every staging table's name. */
  readonly attempt: string
}

/** What became of a load; anything else is thrown. */
export type LoadResult =
  | { readonly kind: 'loaded'; readonly replaced?: readonly LoadRecord[] }
  /** This very load is committed already: by a rival, an earlier attempt, or before its reply was lost. */
  | { readonly kind: 'already_loaded'; readonly counts: RowCounts }
  /** The same bytes are loaded already under another item. */
  | { readonly kind: 'duplicate'; readonly otherItem: string }
  /** The same item is loaded already with other bytes. */
  | { readonly kind: 'refused'; readonly loadedSha256: string }
  /** The item's rows are those of another load, which the request does not name as giving way; nothing was written. */
  | { readonly kind: 'occupied'; readonly by: LoadRecord }
  /** This load, or the one whose rejects it mends, gave way to another and must not come back; nothing was written. */
  | { readonly kind: 'superseded' }
  /** The stored period of a counter is not the one the rows were computed for; nothing was written. */
  | { readonly kind: 'period_moved' }
  /** A replayed row was loaded by somebody else meanwhile; nothing was written. */
  | { readonly kind: 'already_replayed'; readonly rows: readonly ReplayedRow[] }

export interface LoadHooks {
  /** Called at the named boundaries of the transaction, for progress and for fault tests. */
  readonly at: (
    boundary:
      | 'before-guard'
      | 'after-guard'
      | 'after-removal'
      | 'after-remerge'
      | 'after-tables'
      | 'before-commit'
      | 'after-commit',
  ) => void
  readonly onRows: (table: string, rows: number) => void
  /** Aborted: `load` rejects with the signal's reason once the rollback is confirmed, unless the COMMIT had won. */
  readonly signal: AbortSignal
}

/** New counter values for one period, to be swept in under an exclusive lock. */
export interface PeriodSweep {
  readonly counters: readonly PeriodCounter[]
  /** Period per unit of the reference date: { year: '2013', month: '2013-02' }. */
  readonly periods: Readonly<Record<PeriodUnit, string>>
  /** May the stored period be set back (an explicitly given reference date), or only forward (the clock's). */
  readonly mayGoBack: boolean
  /**
   * Asked under the lock, once per counter whose stored period differs: reads the detail rows of that period through
   * `readDetail` and returns the staged file (columns: the table's key, then the counter) holding every key that has any.
   */
  readonly recompute: (counter: PeriodCounter, readDetail: ReadDetail) => Promise<StagedCounter>
}

export interface StagedCounter {
  readonly shape: TableShape
  readonly path: string
  readonly rows: number
}

/** Writes rows of a detail table, limited to one period of its date, to a spool file in the staging format. */
export type ReadDetail = (request: {
  readonly table: string
  readonly columns: readonly string[]
  /** The date the period is judged by: the first of these columns that is not null. */
  readonly dated: readonly string[]
  readonly from: string
  readonly until: string
  readonly path: string
}) => Promise<{ readonly rows: number }>

/** What a destination can and cannot do, as data: callers branch on these and never on a system's name. */
export interface DestinationCapabilities {
  readonly stagingFormat: StagingFormat
  /** Loads that may run side by side over all workers, when the pipeline does not say less. */
  readonly maxConcurrentLoads: number
}

/**
 * How DuckDB must write a table's rows for this destination:
 * `parquet`; `mysql-text`: CSV for LOAD DATA ... FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY ''
 * LINES TERMINATED BY '\n' (no header; NULL as the bare word NULL; every text value quoted, `"` doubled; timestamps
 * `YYYY-MM-DD HH:MM:SS[.ffffff]`; booleans 1 and 0; doubles in the shortest form that reads back the same), or `postgres-csv`: the
 * same for COPY ... (FORMAT csv, NULL 'NULL'), but booleans are words.
 */
export type StagingFormat = 'parquet' | 'mysql-text' | 'postgres-csv'

/** A value for people and for JSON: decimals, times and numbers that JavaScript does not hold exactly as text. */
export type QueryValue = string | number | boolean | null

/** The beginning of a query's answer. */
export interface QueryResult {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly QueryValue[])[]
  /** Whether there are more rows than these. */
  readonly hasMore: boolean
}

/** The writing side of a connector, opened on one database. */
export interface Destination {
  readonly capabilities: DestinationCapabilities
  /** The destination for people: no password. */
  readonly displayUrl: string
  /**
   * Creates what is absent (the tables, `cauce_loads`, `cauce_replays`, `cauce_periods`) and checks what exists, by column
   * name; other columns of an existing table must be nullable or have defaults. All DDL happens here, outside any load
   * (MySQL commits implicitly on DDL). May be called by several processes at once, and again at any time.
   * @throws {CauceError} DESTINATION_UNREACHABLE, DESTINATION_ACCESS, DESTINATION_SHAPE
   */
  prepare(tables: readonly TableShape[]): Promise<void>
  /**
   * Loads one item in one transaction: guard first, then replay marks, then rows of replaced loads go, tables in order, report
   * row, then the accounting check, then COMMIT. Deadlocks and lock waits repeat the whole transaction (3 tries). A lost reply to COMMIT is settled
   * by inserting the guard key again in a new transaction. Nothing is left behind on any error.
   */
  load(request: LoadRequest, hooks: LoadHooks): Promise<LoadResult>
  /** The committed load with this key, if any; also one that was replaced. */
  findLoad(loadKey: string): Promise<LoadRecord | undefined>
  /** Which of an origin load's records were replayed already, by any load but the one excepted. */
  replayedRecords(originLoad: string, exceptLoad?: string): Promise<ReadonlySet<number>>
  /** Writes a report row by itself, for an item that was not loaded. */
  writeReport(row: ReportRow): Promise<void>
  /** The stored period of each counter, creating the row with the given periods where none is stored. */
  storedPeriods(
    counters: readonly PeriodCounter[],
    initial: Readonly<Record<PeriodUnit, string>>,
  ): Promise<readonly (PeriodCounter & { readonly period: string })[]>
  /** Moves counters to a new period in one transaction under an exclusive lock that waits for running loads. */
  sweepPeriods(sweep: PeriodSweep): Promise<void>
  /**
   * Answers one question in the destination's own SQL, read-only, no further than `limit` rows.
   * @throws {CauceError} QUERY_INVALID, QUERY_READS_ONLY, QUERY_NO_DATABASE (nothing was loaded yet), DESTINATION_*
   */
  query(sql: string, options: { readonly limit: number }): Promise<QueryResult>
  close(): Promise<void>
}

export type OpenDestination = (url: string) => Promise<Destination>
