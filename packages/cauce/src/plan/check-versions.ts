import type { Plan, TablePlan } from '../model/plan.ts'
import { issue, type Issue } from './issue.ts'
import { loadColumnOf } from './load-column.ts'

/** What a pipeline that lets versions replace one another must have. */
export function checkVersions(plan: Plan): readonly Issue[] {
  return plan.versions === 'replace' ? irreplaceable(plan) : []
}

/** Why what a pipeline loaded cannot be replaced or reloaded: the tables from which an earlier load's rows could not be taken out. */
export function irreplaceable({ tables }: Plan): readonly Issue[] {
  return tables.flatMap((table) => {
    if (table.mode === 'replace') return []
    if (table.mode === 'upsert') return table.detail === undefined ? [noDetail(table)] : []
    if (loadColumnOf(table) !== undefined) return []
    return [table.from.kind === 'rejects' ? noLoadKey(table) : noTechnicalColumns(table)]
  })
}

function noDetail({ name }: TablePlan): Issue {
  return issue(
    `tables.${name}`,
    'rows merged into it cannot be taken out again; name in `detail` the append table that keeps every row it is computed from',
    'las filas mezcladas en ella no se pueden sacar; nombre en `detail` la tabla append que guarda cada fila de la que se calcula',
  )
}

function noTechnicalColumns({ name }: TablePlan): Issue {
  return issue(
    `tables.${name}`,
    'its rows do not tell which load they are of; take `technicalColumns: false` away',
    'sus filas no dicen de qué carga son; quite `technicalColumns: false`',
  )
}

function noLoadKey({ name }: TablePlan): Issue {
  return issue(
    `tables.${name}.columns`,
    "its rows do not tell which load they are of; give a column the field 'load_key'",
    "sus filas no dicen de qué carga son; dé a una columna el campo 'load_key'",
  )
}
