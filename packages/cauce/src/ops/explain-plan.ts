import type { Plan, TablePlan } from '../model/plan.ts'
import type { TableShape } from '../connectors/destination.ts'
import { displaySetting } from './display-location.ts'
import { hasKnownColumns, isComplaint, openSqlBench, sqlComplaint } from './sql-bench.ts'

/** A plan as people read it: no password in any location, and every table with its columns. */
export interface ExplainedPlan {
  readonly plan: Plan
  readonly tables: readonly ExplainedTable[]
}

export interface ExplainedTable {
  readonly table: TablePlan
  /** Undefined when its SQL does not compile (`complaint` says why), or each file brings columns of its own. */
  readonly shape: TableShape | undefined
  readonly complaint: string | undefined
}

/** Compiles the SQL of a plan's tables over no rows, to tell the columns they will have. */
export async function explainPlan(plan: Plan): Promise<ExplainedPlan> {
  await using bench = await openSqlBench(plan)
  const tables: ExplainedTable[] = []
  for (const table of plan.tables)
    try {
      const shape = hasKnownColumns(table, plan) ? await bench.shapeOf(table) : undefined
      tables.push({ table, shape, complaint: undefined })
    } catch (error) {
      if (!isComplaint(error)) throw error
      tables.push({ table, shape: undefined, complaint: sqlComplaint(error) })
    }
  return { plan: withoutSecrets(plan), tables }
}

/** The plan with passwords written into the declaration left out. */
export function withoutSecrets(plan: Plan): Plan {
  return {
    ...plan,
    source: { ...plan.source, location: displaySetting(plan.source.location) },
    destination: displaySetting(plan.destination),
  }
}
