import type { Engine } from '../../engine/duckdb/open-engine.ts'

/** Runs work in a transaction of its own: committed when it resolves, rolled back when it rejects. */
export async function inTransaction<Result>(database: Engine, work: () => Promise<Result>): Promise<Result> {
  await database.run('BEGIN TRANSACTION')
  try {
    const result = await work()
    await database.run('COMMIT')
    return result
  } catch (error) {
    await rollBack(database)
    throw error
  }
}

/** DuckDB has rolled back by itself after some errors, and says so with another: both are as we want it. */
export async function rollBack(database: Engine): Promise<void> {
  await database.run('ROLLBACK').catch(() => undefined)
}
