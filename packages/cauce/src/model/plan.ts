import type { ItemState } from './item-state.ts'
import type { Language } from './language.ts'

/**
 * What a pipeline compiles to: plain data (JSON), no functions, no secrets, no environment values. Engines and destinations
 * read it; its hash tells two declarations apart.
 */
export interface Plan {
  readonly pipeline: string
  /** sha256 hex of everything else in the plan. */
  readonly hash: string
  readonly source: SourcePlan
  readonly read: ReadPlan
  readonly contract: ContractPlan
  readonly tables: readonly TablePlan[]
  readonly report: ReportPlan | undefined
  readonly destination: Setting
  /** What becomes of other bytes under a name that is loaded: a person must act, or they take the place of the loaded ones. */
  readonly versions: 'refuse' | 'replace'
  /** What becomes of bytes that are loaded under another name: nothing, or they are loaded. */
  readonly duplicates: 'refuse' | 'load'
  readonly archive: ArchivePlan
  readonly reference: ReferencePlan
  readonly states: Readonly<Partial<Record<ItemState, string>>>
  readonly limits: LimitsPlan
  readonly retry: RetryPlan
  /** What it does by itself, and when; a rhythm that is absent happens when asked for only. */
  readonly schedules: Readonly<Partial<Record<Rhythm, SchedulePlan>>>
  readonly overlap: OverlapPolicy
  readonly tags: readonly string[]
}

/** A value given in the declaration or taken from the environment when the pipeline runs. */
export type Setting =
  | { readonly kind: 'value'; readonly value: string }
  | {
      readonly kind: 'env'
      readonly name: string
      readonly fallback: string | undefined
      readonly secret: boolean
    }
  /** The first of these that has a value. */
  | { readonly kind: 'first'; readonly of: readonly Setting[] }
  /** An address put together: texts as they are, values percent-encoded. It has a value when all of them have. */
  | { readonly kind: 'address'; readonly parts: readonly (string | Setting)[] }

export interface SourcePlan {
  readonly location: Setting
  readonly pattern: string
}

/** How the bytes of a file become rows of text: in one declared format, or each file in the one it turns out to have. */
export type ReadPlan = FileReadPlan | AnyReadPlan

export type FileReadPlan = CsvReadPlan | NdjsonReadPlan | JsonReadPlan | ParquetReadPlan | XlsxReadPlan

/** What every format says. */
interface ReadBase {
  /** undefined: look at the file. */
  readonly compression: 'none' | 'gzip' | 'zstd' | 'zip' | undefined
  /** Texts that mean null. */
  readonly nulls: readonly string[]
  readonly unknownColumns: 'refuse' | 'ignore'
}

/** One JSON object a line. */
export interface NdjsonReadPlan extends ReadBase {
  readonly format: 'ndjson'
  readonly layout: 'name'
}

/** A JSON document: an array of records, one record, or an object with an array inside. */
export interface JsonReadPlan extends ReadBase {
  readonly format: 'json'
  readonly layout: 'name'
  /** Keys that lead to the array, outermost first. */
  readonly records: readonly string[]
}

export interface ParquetReadPlan extends ReadBase {
  readonly format: 'parquet'
  readonly layout: 'position' | 'name'
}

/** Sheets of an Excel workbook. Rows and sheets are counted from 1. */
export interface XlsxReadPlan extends ReadBase {
  readonly format: 'xlsx'
  readonly layout: 'position' | 'name'
  readonly sheet: SheetChoice
  readonly header: boolean
  /** Row of the (first) header; undefined: the first row that is not empty. */
  readonly headerRow: number | undefined
  /** Rows the header takes: their texts are joined. */
  readonly headerRows: number
  /** Rows before header and data that are not looked at. */
  readonly skipRows: number
  /** Cells that are looked at (`B3:F200`, `B3:F`); undefined: all. */
  readonly range: string | undefined
  /** What becomes of a row with a cell such as `#DIV/0!`. */
  readonly errorCells: 'reject' | 'null' | 'text'
}

export type SheetChoice =
  /** The first that is not hidden. */
  | { readonly kind: 'first' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'number'; readonly number: number }
  /** One below the other; those without any cell are passed over. */
  | { readonly kind: 'every'; readonly hidden: boolean }

/** Each file by what it is, told by its first bytes. */
export interface AnyReadPlan {
  readonly format: 'any'
  readonly csv: CsvReadPlan
  readonly ndjson: NdjsonReadPlan
  readonly json: JsonReadPlan
  readonly parquet: ParquetReadPlan
  readonly xlsx: XlsxReadPlan
}

/** Delimited text; undefined means: look at the file. */
export interface CsvReadPlan {
  readonly format: 'csv'
  readonly encoding: string | undefined
  readonly delimiter: string | undefined
  readonly quote: string | null | undefined
  readonly escape: string | null | undefined
  readonly header: boolean
  readonly skipLines: number
  readonly compression: 'none' | 'gzip' | 'zstd' | 'zip' | undefined
  readonly nulls: readonly string[]
  readonly layout: 'position' | 'name'
  readonly unknownColumns: 'refuse' | 'ignore'
}

/** Types every engine and destination understands. */
export type LogicalType =
  | { readonly kind: 'text'; readonly maxLength: number | undefined }
  | { readonly kind: 'integer' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'double' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  /** `fraction: false`: whole seconds only (a format without SSS; TIMESTAMP_S in DuckDB), so that they are kept and shown as such. */
  | { readonly kind: 'timestamp' | 'time'; readonly fraction?: boolean }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'json' }

/** How text becomes a value: a portable pattern first, then the cast. `undefined` pattern: any text. */
export type Parse =
  | { readonly kind: 'text' }
  | { readonly kind: 'integer' }
  | {
      readonly kind: 'decimal'
      readonly decimalMark: '.' | ','
      readonly thousandsMark: '.' | ',' | ' ' | undefined
    }
  | { readonly kind: 'double' }
  | {
      readonly kind: 'boolean'
      readonly trueWords: readonly string[]
      readonly falseWords: readonly string[]
    }
  /** `format` in the letters of people: dd, MM, yyyy, HH, mm, ss, SSS; anything else stands for itself. */
  | { readonly kind: 'date' | 'timestamp' | 'time'; readonly format: string }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'json' }

export type Level = 'error' | 'warning'

/** What must hold for a value or a row. A rule is broken when its test is not true. */
export type Test =
  | { readonly kind: 'present' }
  | { readonly kind: 'parses' }
  | { readonly kind: 'matches'; readonly pattern: string }
  | { readonly kind: 'among'; readonly values: readonly string[] }
  | { readonly kind: 'at_least' | 'at_most'; readonly value: string }
  | { readonly kind: 'length'; readonly min: number | undefined; readonly max: number | undefined }
  | { readonly kind: 'unique'; readonly columns: readonly string[] }
  | { readonly kind: 'distinct_row' }
  | { readonly kind: 'sql'; readonly sql: SqlText }
  | { readonly kind: 'width'; readonly side: 'few' | 'many' }
  | { readonly kind: 'unflagged'; readonly bit: number }

export interface Rule {
  /** `email:invalid`, `row:too_many_columns`, or the name its author gave it. */
  readonly code: string
  /** The column it judges; undefined for the row as a whole. */
  readonly column: string | undefined
  readonly level: Level
  readonly test: Test
}

export interface ColumnPlan {
  readonly name: string
  /** Header names it is found under, the first being its own. */
  readonly headers: readonly string[]
  readonly anyHeader: boolean
  readonly type: LogicalType
  readonly parse: Parse
  readonly nullable: boolean
  /** Texts that mean null here, instead of the file's; undefined: the file's. */
  readonly nulls: readonly string[] | undefined
  readonly normalise: readonly ('trim' | 'lower' | 'upper')[]
  /** Text that stands in for a missing value, parsed like any other. */
  readonly defaultText: string | undefined
}

export interface ContractPlan {
  readonly name: string
  readonly columns: readonly ColumnPlan[]
  /** In the order they are reported; bit n of the row's mask is rule n of its level. */
  readonly rules: readonly Rule[]
  /** None was declared: each file gets the one its own rows keep, and `columns` is empty until then. */
  readonly derived?: true
}

/** SQL in pieces: text of its author, names and values to be quoted, and what only the item knows. */
export type SqlPiece =
  | { readonly text: string }
  | { readonly name: string }
  | { readonly value: string | number | boolean | null }
  | { readonly reference: ItemReference }

export interface SqlText {
  readonly pieces: readonly SqlPiece[]
}

/** What SQL may ask about the item being worked on. */
export type ItemReference = 'item' | 'file' | 'sha256' | 'load_key' | 'run' | 'reference_date'

/** Where a table's rows come from: the contract's rows, its rejects, or a query over both. */
export type TableFrom =
  | { readonly kind: 'valid' }
  | { readonly kind: 'rejects'; readonly columns: Readonly<Record<string, RejectField | SqlText>> }
  | { readonly kind: 'sql'; readonly sql: SqlText }

/** What is known of a reject. `rules` is the codes joined by `|`. */
export type RejectField = 'file' | 'record' | 'line' | 'rules' | 'raw' | 'load_key'

export type PeriodUnit = 'year' | 'month'

/** How a stored value meets a new one with the same key. */
export type MergePlan =
  /** Absent values count for nothing in `min`, `max` and `sum`; `replace` takes the new value, absent or not. */
  | { readonly kind: 'min' | 'max' | 'sum' | 'replace' }
  /**
   * Keep the value, absent or not, of the row whose `by` column is least (first) or greatest (last); ties by item key. A row without
   * a `by` value gives way to any that has one.
   */
  | { readonly kind: 'first' | 'last'; readonly by: string }
  /** Adds within one year or month of the destination's reference date and starts again with the next. */
  | { readonly kind: 'period'; readonly unit: PeriodUnit; readonly dated: readonly string[] }

export interface TablePlan {
  readonly name: string
  readonly mode: 'append' | 'replace' | 'upsert'
  readonly from: TableFrom
  readonly key: readonly string[]
  readonly merge: Readonly<Record<string, MergePlan>>
  /** The append table that keeps every row this merged table was computed from. */
  readonly detail: string | undefined
  /** Whether rows carry `_cauce_load` and `_cauce_record`, without which nothing can be replaced or reloaded. */
  readonly technicalColumns: boolean
}

/** What the load report can tell of an item version. */
export type ReportField =
  | 'item'
  | 'file'
  | 'sha256'
  | 'bytes'
  | 'read'
  | 'loaded'
  | 'rejected'
  | 'skipped'
  | 'warnings'
  | 'state'
  | 'attempts'
  | 'started_at'
  | 'finished_at'
  | 'backup'
  | 'source_deleted_at'
  | 'message'
  | 'run'
  | 'load_key'

export interface ReportPlan {
  readonly table: string
  /** Of the messages in it. */
  readonly language: Language
  readonly columns: Readonly<Record<string, ReportField | SqlText>>
}

export interface ArchivePlan {
  /** Folder for verified copies of originals; undefined: none are kept. */
  readonly backup: Setting | undefined
  /** `yes`, `no` and their kin, read when the pipeline runs. */
  readonly deleteSource: Setting
  /** `daily`: the copies of a day become one archive; undefined: they stay single. */
  readonly zip: 'daily' | undefined
  /** Days after which backups of settled items go; undefined: never. */
  readonly keepDays: number | undefined
}

/** The date that counters by year and month are relative to. */
export interface ReferencePlan {
  readonly timezone: string
  /** An explicit date (yyyy-MM-dd); empty: the day of the run in the zone. */
  readonly override: Setting | undefined
}

export interface LimitsPlan {
  readonly memoryMb: number
  readonly itemTimeoutSeconds: number
  readonly maxUnpackedBytes: number
  /** Most connections to the source and to the destination, over all workers; undefined: as many as there are performers. */
  readonly sourceConnections: number | undefined
  readonly destinationConnections: number | undefined
  /** Most items in work at once, over all workers. */
  readonly items: number | undefined
}

/** What is done about failures of class system, beyond the tries inside a stage. */
export interface RetryPlan {
  /** Tries of the whole item before it is put aside. */
  readonly attempts: Setting
  /** Before the second try; four times as long before each further one. */
  readonly delay: Setting
  /** Later days on which an item put aside is tried again by itself. */
  readonly days: number
}

/** What a pipeline does by itself: everything (`run`), or finding items and working on them apart. */
export type Rhythm = 'run' | 'discover' | 'dispatch'

/** What becomes of moments that passed while no dispatcher was there. */
export type MissedPolicy = 'skip' | 'once' | 'all'

/** What becomes of a firing while an earlier one of its pipeline is still going: recorded as skipped, waiting, or beside it. */
export type OverlapPolicy = 'skip' | 'queue' | 'allow'

/** When something happens by itself. Plain data, kept in the ledger as JSON. */
export type SchedulePlan =
  | {
      readonly kind: 'cron'
      readonly expression: string
      readonly timezone: string
      readonly missed: MissedPolicy
    }
  /** At multiples of `everyMs` since 1970 UTC. `interval` is how its author wrote it; `everyMs` is 0 when that is none. */
  | {
      readonly kind: 'every'
      readonly interval: string
      readonly everyMs: number
      readonly missed: MissedPolicy
    }
  /** Each time a run of the other pipeline closes as `done` or `done_with_rejects`, or however it closes. */
  | { readonly kind: 'after'; readonly pipeline: string; readonly on: 'done' | 'always' }
  | { readonly kind: 'manual' }
