import type { ItemState } from '../model/item-state.ts'
import type { OverlapPolicy, ReadPlan, ReferencePlan, ReportPlan, SourcePlan } from '../model/plan.ts'
import type { Alert } from './alerts.ts'
import type { Contract } from './contract.ts'
import type { RhythmSchedule, Schedule } from './schedule.ts'
import type { SettingInput } from './setting.ts'
import type { Table, UpsertTable } from './tables.ts'

/**
 * Names that `detail` uses must be tables of the same pipeline, and those a table takes from the valid rows columns of the
 * contract; a wrong one is an error in the editor.
 */
type NamesKnown<Tables, Values> = {
  readonly [Name in keyof Tables]: Tables[Name] extends UpsertTable<infer Detail, infer Carried>
    ? [Detail, Carried] extends [keyof Tables, ColumnsOf<Values>]
      ? Tables[Name]
      : UpsertTable<Extract<keyof Tables, string>, ColumnsOf<Values>>
    : Tables[Name]
}

type ColumnsOf<Values> = unknown extends Values ? string : Extract<keyof Values, string>

export interface ArchiveOptions {
  /** Folder for verified copies of originals. */
  readonly backup?: SettingInput
  /** `yes` removes the original once it is loaded and backed up. Default: no. */
  readonly deleteSource?: SettingInput
  /** `daily`: when a day is closed its copies become one archive, `backup_YYYYMMDD.zip`. Default: single copies stay. */
  readonly zip?: 'daily'
  /** Days after which backups of settled items go. Default: they are kept for ever. */
  readonly keepDays?: number
}

export interface LimitsOptions {
  /** Memory for the engine of one performer, in MB. Default 512. */
  readonly memoryMb?: number
  /** Longest time one item may take. Default 3600. */
  readonly itemTimeoutSeconds?: number
  /** Most bytes a compressed file may unpack to. Default 20 GB. */
  readonly maxUnpackedBytes?: number
  /** Most connections at once, over all workers. Default: no limit but that of the destination itself. */
  readonly connections?: { readonly source?: number; readonly destination?: number }
  /** Most items in work at once, over all workers. */
  readonly items?: number
}

/** What is done about failures that pass by themselves: network, server gone, disk, memory. */
export interface RetryOptions {
  /** Tries of the whole item before it is put aside. Default 3. */
  readonly attempts?: number | SettingInput
  /** Before the second try, and four times as long before each further one: `10s`, `2m`. Default `10s`. */
  readonly delay?: SettingInput
  /** Later days on which an item put aside is tried again by itself. Default 2. */
  readonly days?: number
}

export interface PipelineOptions<Tables extends Readonly<Record<string, Table>>, Values = unknown> {
  readonly from: SourcePlan
  /** `csv()`, `ndjson()`, `jsonDocument()`, `parquet()`, `xlsx()`. Default `anyFormat()`: each file by what it is. */
  readonly read?: ReadPlan
  /** Default: every file's own columns, in the types found by looking at all its rows. */
  readonly contract?: Contract<Values>
  readonly tables: Tables & NamesKnown<Tables, Values>
  /** `duckdb:./file.duckdb`, `mysql://user:password@host/database`, `postgres://user:password@host/database?schema=name`. */
  readonly into: SettingInput
  /** A table in the destination that tells what became of every file. */
  readonly report?: ReportPlan
  /** The pipeline's own words for item states, in its report and on screens. */
  readonly states?: Readonly<Partial<Record<ItemState, string>>>
  /**
   * Other bytes under a name that is loaded: `refuse` (a person must act) or `replace` (they take the place of the loaded ones in
   * every table, in one transaction). Default `refuse`.
   */
  readonly versions?: 'refuse' | 'replace'
  /** Bytes that are loaded under another name: `refuse` (nothing to do) or `load`. Default as `versions`: `refuse`, or `load` with `replace`. */
  readonly duplicates?: 'refuse' | 'load'
  readonly reference?: ReferencePlan
  readonly archive?: ArchiveOptions
  readonly limits?: LimitsOptions
  readonly retry?: RetryOptions
  /** When it runs by itself: `cron('0 2 * * *')`, `every('60s')`, `after(other)`. Default: only when asked for. */
  readonly schedule?: Schedule
  /** Instead of `schedule`: when to look for new items, and when to work on those found. */
  readonly discover?: RhythmSchedule
  readonly dispatch?: RhythmSchedule
  /** What becomes of a firing while an earlier run is still going. Default `skip`. */
  readonly overlap?: OverlapPolicy
  /** Who is told of what goes wrong with it, besides the project's own alerts. */
  readonly alerts?: readonly Alert[]
  readonly tags?: readonly string[]
}

/** One rhythm for everything, or one for each half. */
type OneRhythmOrTwo =
  | { readonly schedule?: Schedule; readonly discover?: never; readonly dispatch?: never }
  | { readonly schedule?: never; readonly discover: RhythmSchedule; readonly dispatch: RhythmSchedule }

/** A named declaration: from where, in which format, under which contract, into which tables. */
export interface Pipeline {
  readonly kind: 'pipeline'
  readonly name: string
  readonly options: PipelineOptions<Readonly<Record<string, Table>>> & OneRhythmOrTwo
}

/**
 * Declares a pipeline. Nothing runs: a declaration can be printed, checked and compiled.
 *
 * @example
 * export default pipeline('visitas', {
 *   from: files('./entrada', 'report_*.txt'),
 *   read: csv({ nulls: ['', '-'] }),
 *   contract: visita,
 *   tables: { estadisticas: append(valid), errores: append(rejects) },
 *   into: env('VISITAS_DESTINO', 'duckdb:./visitas.duckdb'),
 * })
 */
export function pipeline<const Tables extends Readonly<Record<string, Table>>, Values>(
  name: string,
  options: PipelineOptions<Tables, Values> & OneRhythmOrTwo,
): Pipeline {
  return { kind: 'pipeline', name, options }
}

/** Whether a value is a pipeline, whichever copy of the package declared it. */
export function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'pipeline'
}
