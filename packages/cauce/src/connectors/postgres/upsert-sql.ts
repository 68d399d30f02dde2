import type { MergePlan } from '../../model/plan.ts'
import type { TableShape } from '../destination.ts'
import { quoteName, quoteText } from './quote.ts'
import type { PreparedTable } from './shape.ts'
import { orderedColumns, type OrderedColumn } from './technical-columns.ts'
import { isText } from './types.ts'

const STORED = '_cauce_row'

/**
 * Merges a staging table into its table. INSERT ... ON CONFLICT and not MERGE: of two loads that bring the same new key it makes
 * the later one wait and then update, where MERGE fails. Rows are visited in the order they were staged, which is that of the key,
 * so that loads side by side lock in one order.
 */
export function upsertSql(
  shape: TableShape,
  prepared: PreparedTable,
  { stage, item }: { readonly stage: string; readonly item: string },
): string {
  const name = (column: string): string => quoteName(prepared.columns.get(column)?.name ?? column)
  const ordered = orderedColumns(shape.merge)
  const into = [
    ...shape.columns.map((column) => [name(column.name), name(column.name)]),
    ...ordered.flatMap(({ by, byColumn, itemColumn }) => [
      [name(byColumn), name(by)],
      [name(itemColumn), quoteText(item)],
    ]),
  ]
  const values: Values = {
    name,
    stored: (column) => `${STORED}.${name(column)}`,
    staged: (column) => `excluded.${name(column)}`,
    byBytes: (column) => (isText(prepared.columns.get(column)?.typeName ?? '') ? ' collate "C"' : ''),
  }
  const assignments = Object.entries(shape.merge)
    .filter(([column]) => !shape.key.includes(column))
    .flatMap(([column, plan]) => assignment(column, plan, values, ordered))
  // A table of keys alone has nothing to update, but a key that is there must count like any other.
  const [key = ''] = shape.key
  if (assignments.length === 0) assignments.push(`${name(key)} = ${values.stored(key)}`)
  return `insert into ${prepared.sql} as ${STORED} (${into.map(([target]) => target).join(', ')})
select ${into.map(([, source]) => source).join(', ')} from ${stage}
on conflict (${shape.key.map(name).join(', ')}) do update set ${assignments.join(', ')}`
}

interface Values {
  readonly name: (column: string) => string
  readonly stored: (column: string) => string
  readonly staged: (column: string) => string
  /** What makes texts compare by bytes, whatever language the column sorts by. */
  readonly byBytes: (column: string) => string
}

function assignment(
  column: string,
  plan: MergePlan,
  values: Values,
  ordered: readonly OrderedColumn[],
): readonly string[] {
  const target = values.name(column)
  const [stored, staged] = [values.stored(column), values.staged(column)]
  switch (plan.kind) {
    case 'min':
    case 'max':
      return [`${target} = ${extreme(plan.kind, column, values)}`]
    case 'sum':
    case 'period':
      // Period counters just add: the staged ones were computed for the stored period, or the load would not have come here.
      return [`${target} = coalesce(${stored} + ${staged}, ${stored}, ${staged})`]
    case 'replace':
      return [`${target} = ${staged}`]
    case 'first':
    case 'last': {
      const found = ordered.find((candidate) => candidate.column === column)
      return found === undefined ? [] : orderedAssignments(found, values)
    }
  }
}

/** The lesser or greater of two values; both functions pass over an absent one. */
function extreme(kind: 'min' | 'max', column: string, { stored, staged, byBytes }: Values): string {
  const bytes = byBytes(column)
  return `${kind === 'min' ? 'least' : 'greatest'}(${stored(column)}${bytes}, ${staged(column)}${bytes})`
}

/** The value of the row that comes first (last) by (`by`, item), with both: every assignment reads what was stored before. */
function orderedAssignments(
  { column, kind, byColumn, itemColumn }: OrderedColumn,
  values: Values,
): readonly string[] {
  const { name, stored, staged, byBytes } = values
  const [storedBy, stagedBy] = [stored(byColumn), staged(byColumn)]
  const [storedItem, stagedItem] = [stored(itemColumn), staged(itemColumn)]
  const comesBefore = kind === 'first' ? '<' : '>'
  const wins = `(${storedBy} is null and ${stagedBy} is not null) or ${stagedBy} ${comesBefore} ${storedBy}${byBytes(byColumn)}
    or (${storedBy} is not distinct from ${stagedBy} and (${storedItem} is null or ${stagedItem} ${comesBefore} ${storedItem}${byBytes(itemColumn)}))`
  return [column, byColumn, itemColumn].map(
    (target) => `${name(target)} = case when ${wins} then ${staged(target)} else ${stored(target)} end`,
  )
}
