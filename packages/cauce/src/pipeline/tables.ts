import type { MergePlan, PeriodUnit, RejectField, SqlText } from '../model/plan.ts'

/** The rows that keep the contract. */
export const valid = { kind: 'valid' } as const
/** The rows that break it. */
export const rejects = { kind: 'rejects' } as const

/** Columns of a table fed by rejects: a field of the reject, or SQL over the relation `rejects`. */
export type RejectColumns = Readonly<Record<string, RejectField | SqlText>>

/** What every table declares. */
interface TableOptions {
  /**
   * Rows carry `_cauce_load` and `_cauce_record`, by which a load can later be replaced or reloaded. `false` keeps a table
   * exactly as declared and gives both up.
   */
  readonly technicalColumns?: boolean
}

export interface AppendTable {
  readonly mode: 'append'
  readonly from: typeof valid | typeof rejects | SqlText
  readonly columns: RejectColumns | undefined
  readonly technicalColumns: boolean
}

export interface ReplaceTable {
  readonly mode: 'replace'
  readonly from: typeof valid | SqlText
  readonly technicalColumns: boolean
}

export interface UpsertTable<Detail extends string = string, Carried extends string = string> {
  readonly mode: 'upsert'
  readonly from: typeof valid | SqlText
  readonly key: readonly string[]
  readonly merge: Readonly<Record<string, MergePlan>>
  readonly detail: Detail | undefined
  /** Never set: carries the names of the contract's columns it takes, where it takes the valid rows as they are. */
  readonly carried?: Carried
}

export type Table = AppendTable | ReplaceTable | UpsertTable

/** How a stored value meets a new one: a word, or `first`, `last` and `restarting` for what needs saying more. */
export type MergeInput = 'min' | 'max' | 'sum' | 'replace' | MergePlan

/** The columns rejects are stored in unless a pipeline names its own. */
export const DEFAULT_REJECT_COLUMNS: RejectColumns = {
  file: 'file',
  line: 'line',
  record: 'record',
  rules: 'rules',
  raw: 'raw',
  load_key: 'load_key',
}

/** Adds rows to a table: all valid rows, all rejects, or those of a query. */
export function append(
  from: typeof valid | typeof rejects | SqlText,
  options: TableOptions & { readonly columns?: RejectColumns } = {},
): AppendTable {
  return {
    mode: 'append',
    from,
    columns: options.columns,
    technicalColumns: options.technicalColumns ?? true,
  }
}

/** Makes a table hold the rows of the last load and no others. */
export function replace(from: typeof valid | SqlText, options: TableOptions = {}): ReplaceTable {
  return { mode: 'replace', from, technicalColumns: options.technicalColumns ?? true }
}

/** Merges rows into a table by key: each column that is not in the key says how old and new meet. */
export function upsert<
  From extends typeof valid | SqlText,
  const Key extends string,
  const Merged extends string,
  const Detail extends string = never,
>(table: {
  readonly key: Key | readonly Key[]
  readonly from: From
  readonly merge: Readonly<Record<Merged, MergeInput>>
  /** The append table holding every row this one is computed from, by which counters are recomputed. */
  readonly detail?: Detail
}): UpsertTable<Detail, From extends typeof valid ? Key | Merged : never> {
  return {
    mode: 'upsert',
    from: table.from,
    key: typeof table.key === 'string' ? [table.key] : table.key,
    merge: Object.fromEntries(
      Object.entries<MergeInput>(table.merge).map(([column, merge]) => [
        column,
        typeof merge === 'string' ? { kind: merge } : merge,
      ]),
    ),
    detail: table.detail,
  }
}

/** Keeps the value that came with the least `by` (a column of the same table); ties go to the lesser item key. */
export function first(by: string): MergePlan {
  return { kind: 'first', by }
}

/** Keeps the value that came with the greatest `by` (a column of the same table); ties go to the greater item key. */
export function last(by: string): MergePlan {
  return { kind: 'last', by }
}

/**
 * A sum over the rows of the reference date's year or month, which starts again when the period changes. `dated` names the
 * column of the detail table that dates a row; of several, the first that is not null.
 */
export function restarting(unit: PeriodUnit, dated: string | readonly string[]): MergePlan {
  return { kind: 'period', unit, dated: typeof dated === 'string' ? [dated] : dated }
}
