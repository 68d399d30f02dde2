import type {
  ContractPlan,
  MergePlan,
  PeriodUnit,
  RejectField,
  SqlText,
  TablePlan,
} from '../../model/plan.ts'
import { fillSql, type ItemFacts } from '../fill-sql.ts'
import { duckdbQuoting, quoteName, quoteText } from './quote.ts'

const REJECT_FIELDS: Readonly<Record<RejectField, string>> = {
  file: 'file',
  record: 'record',
  line: 'line',
  rules: "array_to_string(codes, '|')",
  raw: 'raw',
  load_key: 'load_key',
}

/**
 * The query whose rows a table receives from one item, over the relations `valid` and `rejects`. Rows for merged tables come
 * sorted by key: locks are then taken in one order by all, and the server's pages are visited in order.
 */
export function tableSql(table: TablePlan, contract: ContractPlan, facts: ItemFacts): string {
  const rows = unsortedTableSql(table, contract, facts)
  return table.mode === 'upsert' ? `${rows} ORDER BY ${table.key.map(quoteName).join(', ')}` : rows
}

/** The same, in any order for merged tables: it can be described though the query may lack a key. */
export function unsortedTableSql(table: TablePlan, contract: ContractPlan, facts: ItemFacts): string {
  const { from } = table
  if (from.kind === 'rejects')
    return `SELECT ${rejectColumns(from.columns, facts)} FROM rejects ORDER BY record`
  const rows =
    // The line end closes a comment behind the query.
    from.kind === 'sql' ? `(${fillSql(from.sql, facts, duckdbQuoting)}\n)` : validRows(table, contract, facts)
  if (table.mode === 'upsert') return `SELECT * FROM ${rows} AS merged`
  if (!table.technicalColumns) return `SELECT * FROM ${rows} AS appended`
  return technical(rows, from.kind === 'valid', facts)
}

/** The relation `valid` of an item: its rows that keep the contract; in a replay, but for those loaded before (`skipped`). */
export function validViewSql(contract: ContractPlan, { skips }: { readonly skips: boolean }): string {
  const columns = contract.columns.map(({ name }) => quoteName(name)).join(', ')
  const unskipped = skips ? ' AND rowid + 1 NOT IN (SELECT record FROM skipped)' : ''
  return `CREATE TEMP VIEW valid AS SELECT ${columns}, rowid + 1 AS _record FROM judged WHERE _err = 0${unskipped}`
}

function validRows(table: TablePlan, contract: ContractPlan, facts: ItemFacts): string {
  const columns = contract.columns.map(({ name }) => quoteName(name))
  if (table.mode !== 'upsert')
    return `(SELECT ${columns.join(', ')}${table.technicalColumns ? ', _record' : ''} FROM valid)`
  return `(${mergedRows(table, facts, 'valid')})`
}

/**
 * The rows a table merged straight from the valid rows receives, one for each key, and for each value of the `by` columns of the
 * relation where there are any.
 */
export function mergedRows(
  table: TablePlan,
  facts: ItemFacts,
  relation: string,
  by: readonly string[] = [],
): string {
  const keys = [...by, ...table.key].map(quoteName)
  const merged = Object.entries(table.merge).map(
    ([column, merge]) => `${mergedWithin(quoteName(column), merge, facts)} AS ${quoteName(column)}`,
  )
  return `SELECT ${[...keys, ...merged].join(', ')} FROM ${relation} GROUP BY ${keys.join(', ')}`
}

/**
 * How rows of one file with the same key become one, as the destination would merge them one by one: ties go by record, and a
 * missing `by` comes before every other for `last`, after every other for `first`.
 */
function mergedWithin(column: string, merge: MergePlan, facts: ItemFacts): string {
  switch (merge.kind) {
    case 'min':
    case 'max':
    case 'sum':
      return `${merge.kind}(${column})`
    case 'replace':
      // Not arg_max, which passes over NULL.
      return `last(${column} ORDER BY _record)`
    case 'first':
      return `first(${column} ORDER BY ${quoteName(merge.by)} NULLS LAST, _record)`
    case 'last':
      return `last(${column} ORDER BY ${quoteName(merge.by)} NULLS FIRST, _record)`
    case 'period':
      return `coalesce(sum(${column}) FILTER (WHERE ${inPeriod(merge.unit, merge.dated, facts)}), 0)`
  }
}

/** Whether a row is dated in the reference date's year or month. */
function inPeriod(unit: PeriodUnit, dated: readonly string[], facts: ItemFacts): string {
  const date = `coalesce(${dated.map(quoteName).join(', ')})`
  const reference = fillSql({ pieces: [{ reference: 'reference_date' }] }, facts, duckdbQuoting)
  return `date_trunc('${unit}', ${date}) = date_trunc('${unit}', ${reference})`
}

function technical(rows: string, hasRecord: boolean, facts: ItemFacts): string {
  const load = `${quoteText(facts.load_key)} AS _cauce_load`
  return hasRecord
    ? `SELECT * EXCLUDE (_record), ${load}, _record AS _cauce_record FROM ${rows} AS appended`
    : `SELECT *, ${load}, CAST(NULL AS BIGINT) AS _cauce_record FROM ${rows} AS appended`
}

function rejectColumns(columns: Readonly<Record<string, RejectField | SqlText>>, facts: ItemFacts): string {
  return Object.entries(columns)
    .map(([name, field]) => {
      const value = typeof field === 'string' ? REJECT_FIELDS[field] : fillSql(field, facts, duckdbQuoting)
      return `${value} AS ${quoteName(name)}`
    })
    .join(', ')
}
