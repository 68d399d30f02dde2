import type { TableFrom, TablePlan } from '../model/plan.ts'
import { DEFAULT_REJECT_COLUMNS, type Table } from '../pipeline/tables.ts'

/** Compiles one table of a pipeline. */
export function compileTable(name: string, table: Table): TablePlan {
  const from = compileFrom(table)
  if (table.mode === 'upsert')
    return {
      name,
      mode: 'upsert',
      from,
      key: table.key,
      merge: table.merge,
      detail: table.detail,
      technicalColumns: false,
    }
  return {
    name,
    mode: table.mode,
    from,
    key: [],
    merge: {},
    detail: undefined,
    // Rejects already tell their load and record; a replaced table has no older load's rows to tell apart.
    technicalColumns: table.technicalColumns && table.mode === 'append' && from.kind !== 'rejects',
  }
}

function compileFrom(table: Table): TableFrom {
  if ('pieces' in table.from) return { kind: 'sql', sql: table.from }
  if (table.from.kind === 'valid') return { kind: 'valid' }
  const columns = table.mode === 'append' ? table.columns : undefined
  return { kind: 'rejects', columns: columns ?? DEFAULT_REJECT_COLUMNS }
}
