import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import type { Plan, TablePlan } from '../model/plan.ts'
import type { TableShape } from '../connectors/destination.ts'
import { type Engine, openEngine } from '../engine/duckdb/open-engine.ts'
import { EngineError } from '../engine/duckdb/engine-error.ts'
import { tableShape } from '../perform/build-tables.ts'
import { itemFacts } from '../perform/item-facts.ts'
import { emptyValid } from '../perform/detail-columns.ts'
import type { ItemFacts } from '../plan/fill-sql.ts'

/** An engine with a plan's relations `valid` and `rejects`, empty: its SQL can be compiled there, and runs over nothing. */
export interface SqlBench extends AsyncDisposable {
  readonly engine: Engine
  readonly facts: ItemFacts
  /** Columns of a table as the destination will be asked to hold them. @throws {CauceError} CONFIG_INVALID */
  readonly shapeOf: (table: TablePlan) => Promise<TableShape>
}

/** What the relation `rejects` holds, as `collectRejects` makes it. */
const REJECT_COLUMNS =
  'file VARCHAR, record BIGINT, line BIGINT, codes VARCHAR[], raw VARCHAR, load_key VARCHAR, undecodable BOOLEAN, raw_bytes BLOB, fields VARCHAR[]'

/** Opens a bench in a temporary folder of its own. */
export async function openSqlBench(plan: Plan): Promise<SqlBench> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-check-'))
  const remove = async (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const engine = await openEngine({ spoolDirectory: folder, memoryMb: 256 })
    await emptyValid(engine, plan)
    await engine.run(`CREATE TEMP TABLE rejects (${REJECT_COLUMNS})`)
    const facts = itemFacts({
      item: 'item',
      sha256: '0'.repeat(64),
      loadKey: '0'.repeat(64),
      run: 'run',
      referenceDate: '2000-01-01',
    })
    return {
      engine,
      facts,
      shapeOf: (table) => tableShape({ engine, plan, facts }, table),
      async [Symbol.asyncDispose]() {
        await engine.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Whether a table's columns are known before any file is: without a contract, valid rows have those of their file. */
export function hasKnownColumns({ from }: TablePlan, { contract }: Plan): boolean {
  return from.kind === 'rejects' || contract.derived !== true
}

/** What the engine says of SQL it cannot run: its first paragraph, without the place in a statement its author never wrote. */
export function sqlComplaint(error: unknown): string {
  const said =
    error instanceof CauceError ? String(error.details['detail'] ?? error.message) : (error as Error).message
  return (
    said
      .split(/\n\s*\n|\nLINE /)[0]
      ?.replaceAll(/\s*\n\s*/g, ' ')
      .trim() ?? said
  )
}

/** Whether an error is about the SQL at hand, rather than about the machine. */
export function isComplaint(error: unknown): boolean {
  return error instanceof EngineError || (error instanceof CauceError && error.class === 'config')
}
