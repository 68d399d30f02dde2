import { type Kysely, sql } from 'kysely'
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration'
import { CauceError } from '../model/cauce-error.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import { migrations } from './migrations/all.ts'

/**
 * Brings the ledger to the newest shape, in one transaction; any number of processes may do so at once. Returns the names of
 * the migrations it ran.
 * @throws {CauceError} CONFIG_INVALID when a newer Cauce wrote the ledger; LEDGER_FAILED, DISK_FULL
 */
export async function migrateLedger(ledger: Ledger): Promise<readonly string[]> {
  return writeLedger(ledger, async (transaction) => {
    // Plugins would rename the columns of kysely's own tables.
    const db = transaction.withoutPlugins()
    await refuseNewer(db, ledger.path)
    const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } })
    const { error, results } = await migrator.migrateToLatest()
    if (error !== undefined) throw error as Error
    return (results ?? []).map(({ migrationName }) => migrationName)
  })
}

async function refuseNewer<Tables>(db: Kysely<Tables>, path: string): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return
  const { rows } = await sql<{
    name: string
  }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db)
  const unknown = rows.find(({ name }) => !Object.hasOwn(migrations, name))
  if (unknown === undefined) return
  throw new CauceError('CONFIG_INVALID', {
    where: 'ledger',
    detail: `${path} was written by a newer Cauce (it has ${unknown.name}). Update Cauce, or name another ledger`,
  })
}
