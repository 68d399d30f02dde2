import { DatabaseSync } from 'node:sqlite'
import { CamelCasePlugin, Kysely } from 'kysely'
import type { Ledger } from './ledger-access.ts'
import { migrateLedger } from './migrate-ledger.ts'
import { NodeSqliteDialect } from './node-sqlite-dialect.ts'
import type { LedgerTables } from './tables.ts'

/** A ledger in memory: the real statements without a disk, for histories by the thousand. */
export async function memoryLedger(): Promise<Ledger> {
  const database = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true })
  const db = new Kysely<LedgerTables>({
    dialect: new NodeSqliteDialect(database),
    plugins: [new CamelCasePlugin()],
  })
  const close = async () => db.destroy()
  const ledger: Ledger = {
    dialect: 'sqlite',
    displayUrl: 'sqlite::memory:',
    path: undefined,
    schema: undefined,
    db,
    insist: async (act) => act(),
    close,
    [Symbol.asyncDispose]: close,
  }
  await migrateLedger(ledger)
  return ledger
}
