import type { MergePlan } from '../../model/plan.ts'
import type { TableShape } from '../destination.ts'
import { quoteName, quoteText } from './quote.ts'
import type { PreparedTable } from './shape.ts'
import { orderedColumns, type OrderedColumn } from './technical-columns.ts'

const STAGED = quoteName('_cauce_staged')

/**
 * Merges a staging table into its table. INSERT ... SELECT ... ON DUPLICATE KEY UPDATE over a named source is the one form that
 * both systems take without a warning (MySQL deprecates VALUES(), MariaDB knows no row alias). Rows are visited in the order they
 * were staged, which is that of the key, so that loads side by side lock in one order.
 */
export function upsertSql(
  shape: TableShape,
  prepared: PreparedTable,
  { stage, item }: { readonly stage: string; readonly item: string },
): string {
  const name = (column: string): string => quoteName(prepared.columns.get(column)?.name ?? column)
  const table = quoteName(prepared.name)
  const names: Names = {
    stored: (column) => `${table}.${name(column)}`,
    staged: (column) => `${STAGED}.${name(column)}`,
  }
  const ordered = orderedColumns(shape.merge)
  const into = [
    ...shape.columns.map((column) => [name(column.name), names.staged(column.name)]),
    ...ordered.flatMap(({ by, byColumn, itemColumn }) => [
      [name(byColumn), names.staged(by)],
      [name(itemColumn), quoteText(item)],
    ]),
  ]
  const assignments = Object.entries(shape.merge)
    .filter(([column]) => !shape.key.includes(column))
    .flatMap(([column, plan]) => assignment(column, plan, { names, name, ordered, item }))
  // A table of keys alone has nothing to update; the clause must still be there for the statement to pass.
  if (assignments.length === 0) {
    const key = shape.key[0] ?? ''
    assignments.push(`${name(key)} = ${names.stored(key)}`)
  }
  return `INSERT INTO ${table} (${into.map(([target]) => target).join(', ')})
SELECT ${into.map(([, source]) => source).join(', ')} FROM ${quoteName(stage)} AS ${STAGED}
ON DUPLICATE KEY UPDATE ${assignments.join(', ')}`
}

interface Names {
  readonly stored: (column: string) => string
  readonly staged: (column: string) => string
}

interface Assigning {
  readonly names: Names
  readonly name: (column: string) => string
  readonly ordered: readonly OrderedColumn[]
  readonly item: string
}

function assignment(
  column: string,
  plan: MergePlan,
  { names, name, ordered, item }: Assigning,
): readonly string[] {
  const target = name(column)
  const [stored, staged] = [names.stored(column), names.staged(column)]
  switch (plan.kind) {
    case 'min':
    case 'max':
      return [`${target} = ${extreme(plan.kind, stored, staged)}`]
    case 'sum':
    case 'period':
      // Period counters just add: the staged ones were computed for the stored period, or the load would not have come here.
      return [`${target} = COALESCE(${stored} + ${staged}, ${stored}, ${staged})`]
    case 'replace':
      return [`${target} = ${staged}`]
    case 'first':
    case 'last': {
      const found = ordered.find((candidate) => candidate.column === column)
      return found === undefined ? [] : orderedAssignments(found, { names, name, item })
    }
  }
}

/** The lesser or greater of two values; an absent value never wins over one that is there. */
function extreme(kind: 'min' | 'max', stored: string, staged: string): string {
  return `COALESCE(${kind === 'min' ? 'LEAST' : 'GREATEST'}(${stored}, ${staged}), ${stored}, ${staged})`
}

/**
 * The value of the row that comes first (last) by (`by`, item). MySQL assigns from left to right and reads what it has assigned
 * already, hence this order: the value by the old `by` and item; the item by the old `by` (its own old value last); `by` by
 * itself alone, for where the item decided both have the same.
 */
function orderedAssignments(
  { column, kind, by, byColumn, itemColumn }: OrderedColumn,
  { names, name, item }: Omit<Assigning, 'ordered'>,
): readonly string[] {
  const [storedBy, stagedBy] = [names.stored(byColumn), names.staged(by)]
  const storedItem = names.stored(itemColumn)
  const comesBefore = kind === 'first' ? '<' : '>'
  const wins = `(${storedBy} IS NULL AND ${stagedBy} IS NOT NULL) OR ${stagedBy} ${comesBefore} ${storedBy} OR
    (${storedBy} <=> ${stagedBy} AND (${storedItem} IS NULL OR ${quoteText(item)} ${comesBefore} ${storedItem}))`
  return [
    `${name(column)} = IF(${wins}, ${names.staged(column)}, ${names.stored(column)})`,
    `${name(itemColumn)} = IF(${wins}, ${quoteText(item)}, ${storedItem})`,
    `${name(byColumn)} = ${extreme(kind === 'first' ? 'min' : 'max', storedBy, stagedBy)}`,
  ]
}
