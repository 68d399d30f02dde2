import type { Level, SqlText } from '../model/plan.ts'
import type { Column } from './column.ts'

/** A rule over a whole row, on its typed values. */
export interface RowCheck {
  readonly name: string
  readonly sql: SqlText
  readonly level: Level
}

/**
 * A rule over a row: the row breaks it when the SQL is not true (NULL is not true: say `x IS NULL OR …` where a missing
 * value is fine). Judged only for rows whose columns all hold.
 */
export function check(name: string, sql: SqlText, options: { readonly level?: Level } = {}): RowCheck {
  return { name, sql, level: options.level ?? 'error' }
}

export interface ContractOptions {
  readonly checks?: readonly RowCheck[]
  /** Rows equal in every column to an earlier one of the same file: loaded and counted as warnings, or rejected. */
  readonly repeatedRows?: 'allow' | Level
}

/** The columns, types and rules rows must satisfy. `Values` is the TypeScript type of a valid row. */
export interface Contract<Values = Readonly<Record<string, unknown>>> {
  readonly name: string
  readonly columns: Readonly<Record<string, Column<unknown>>>
  readonly checks: readonly RowCheck[]
  readonly repeatedRows: 'allow' | Level
  /** Never set: carries the type of a row. */
  readonly row?: Values
}

/** The row type a set of columns gives. */
export type RowOf<Columns> = {
  readonly [Name in keyof Columns]: Columns[Name] extends Column<infer Value> ? Value : never
}

/** The row type of a contract: `type Visita = Row<typeof visita>`. */
export type Row<C> = C extends Contract<infer R> ? R : never

/**
 * Declares a contract. The order of the columns is the order of the file where the layout is by position.
 *
 * @example
 * export const visita = contract('visita', { email: email(), opens: integer().min(0).from('Opens') })
 */
export function contract<const Columns extends Readonly<Record<string, Column<unknown>>>>(
  name: string,
  columns: Columns,
  options: ContractOptions = {},
): Contract<RowOf<Columns>> {
  return {
    name,
    columns,
    checks: options.checks ?? [],
    repeatedRows: options.repeatedRows ?? 'allow',
  }
}

/** Whether a value is a contract, whichever copy of the package declared it. */
export function isContract(value: unknown): value is Contract {
  if (typeof value !== 'object' || value === null) return false
  const { name, columns, checks, repeatedRows } = value as Partial<Record<keyof Contract, unknown>>
  return (
    typeof name === 'string' &&
    typeof columns === 'object' &&
    columns !== null &&
    Array.isArray(checks) &&
    typeof repeatedRows === 'string'
  )
}
