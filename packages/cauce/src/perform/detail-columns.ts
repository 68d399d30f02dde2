import type { Plan, TablePlan } from '../model/plan.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import { duckdbType } from '../plan/duckdb/parse-sql.ts'
import { quoteName } from '../plan/duckdb/quote.ts'
import { tableShape } from './build-tables.ts'
import { itemFacts } from './item-facts.ts'

/** The contract's columns that the detail table keeps, by which `valid` is made again. */
export async function detailColumns(
  engine: Engine,
  plan: Plan,
  detail: TablePlan,
): Promise<Plan['contract']['columns']> {
  if (detail.from.kind === 'valid') return plan.contract.columns
  const facts = itemFacts({ item: '', sha256: '', loadKey: '', run: '', referenceDate: '2000-01-01' })
  await emptyValid(engine, plan)
  const shape = await tableShape({ engine, plan, facts }, detail)
  return plan.contract.columns.filter(({ name }) => shape.columns.some((column) => column.name === name))
}

/** Relations `valid` and `rejects` without rows, against which queries can be described. */
export async function emptyValid(engine: Engine, { contract }: Pick<Plan, 'contract'>): Promise<void> {
  const columns = contract.columns.map(
    ({ name, type }) => `CAST(NULL AS ${duckdbType(type)}) AS ${quoteName(name)}`,
  )
  await engine.run(
    `CREATE OR REPLACE TEMP VIEW valid AS SELECT ${[...columns, 'CAST(NULL AS BIGINT) AS _record'].join(', ')} WHERE false`,
  )
}
