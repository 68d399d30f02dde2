import { type Kysely, sql, type Transaction } from 'kysely'
import { DEFAULT_MIGRATION_LOCK_TABLE, DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration'
import { CauceError } from '../model/cauce-error.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import { migrations } from './migrations/all.ts'
import { isCreatedMeanwhile } from './postgres-error.ts'
import { quoteName } from './postgres-quote.ts'
import type { LedgerTables } from './tables.ts'

/**
 * Brings the ledger to the newest shape, in one transaction; any number of processes may do so at once. Returns the names of
 * the migrations it ran. A ledger that has the newest shape is only asked: no lock, and no right to create anything, is needed.
 * @throws {CauceError} CONFIG_INVALID when a newer Cauce wrote the ledger; LEDGER_ACCESS, LEDGER_FAILED, DISK_FULL
 */
export async function migrateLedger(ledger: Ledger): Promise<readonly string[]> {
  const known = await readLedger(ledger, (db) => appliedMigrations(ledger, db))
  refuseNewer(ledger, known)
  if (Object.keys(migrations).every((name) => known.includes(name))) return []
  await preparePostgres(ledger)
  return writeLedger(ledger, async (transaction) => {
    await lockMigrations(ledger, transaction)
    refuseNewer(ledger, await appliedMigrations(ledger, transaction))
    const migrator = new Migrator({
      // Plugins would rename the columns of kysely's own tables.
      db: transaction.withoutPlugins(),
      provider: { getMigrations: async () => ({ ...migrations }) },
      ...(ledger.schema !== undefined && { migrationTableSchema: ledger.schema }),
    })
    const { error, results } = await migrator.migrateToLatest()
    if (error !== undefined) throw error as Error
    return (results ?? []).map(({ migrationName }) => migrationName)
  })
}

/** Whether there is a ledger at all, of whatever shape. */
export async function isMigrated(ledger: Ledger): Promise<boolean> {
  return readLedger(ledger, (db) => hasMigrationTable(ledger, db))
}

async function appliedMigrations(ledger: Ledger, db: Kysely<LedgerTables>): Promise<readonly string[]> {
  if (!(await hasMigrationTable(ledger, db))) return []
  const { rows } = await sql<{
    name: string
  }>`select name from ${tableOf(ledger, DEFAULT_MIGRATION_TABLE)}`.execute(db)
  return rows.map(({ name }) => name)
}

async function hasMigrationTable({ schema }: Ledger, db: Kysely<LedgerTables>): Promise<boolean> {
  const question =
    schema === undefined
      ? sql`select 1 from sqlite_master where type = 'table' and name = ${DEFAULT_MIGRATION_TABLE}`
      : sql`select 1 from pg_catalog.pg_tables where schemaname = ${schema} and tablename = ${DEFAULT_MIGRATION_TABLE}`
  return (await question.execute(db)).rows.length > 0
}

/**
 * What must be there before rivals can wait for each other: the schema, and the table they lock. Statements of their own, since
 * IF NOT EXISTS fails all the same for one of two that create at once (unique_violation in the catalogue).
 */
async function preparePostgres(ledger: Ledger): Promise<void> {
  const { schema, db } = ledger
  if (schema === undefined) return
  const plain = db.withoutPlugins()
  const create = async (statement: { execute(): Promise<unknown> }) =>
    ledger.insist(async () => {
      try {
        await statement.execute()
      } catch (error) {
        if (!isCreatedMeanwhile(error)) throw error
      }
    })
  // Whoever may not create schemas may still be given one: IF NOT EXISTS asks for the right before it looks.
  const { rows } = await readLedger(ledger, () =>
    sql`select 1 from pg_catalog.pg_namespace where nspname = ${schema}`.execute(plain),
  )
  if (rows.length === 0) await create(plain.schema.createSchema(schema).ifNotExists())
  await create(
    plain.schema
      .withSchema(schema)
      .createTable(DEFAULT_MIGRATION_LOCK_TABLE)
      .ifNotExists()
      .addColumn('id', 'varchar(255)', (column) => column.notNull().primaryKey())
      .addColumn('is_locked', 'integer', (column) => column.notNull().defaultTo(0)),
  )
}

/** SQLite's transaction holds the write lock already. */
async function lockMigrations(ledger: Ledger, transaction: Transaction<LedgerTables>): Promise<void> {
  if (ledger.schema === undefined) return
  await sql`lock table ${tableOf(ledger, DEFAULT_MIGRATION_LOCK_TABLE)} in exclusive mode`.execute(
    transaction,
  )
}

/** Raw, since plugins would rename the schema. */
function tableOf({ schema }: Ledger, table: string) {
  return sql.raw(schema === undefined ? quoteName(table) : `${quoteName(schema)}.${quoteName(table)}`)
}

function refuseNewer({ displayUrl }: Ledger, applied: readonly string[]): void {
  const unknown = applied.find((name) => !Object.hasOwn(migrations, name))
  if (unknown === undefined) return
  throw new CauceError('CONFIG_INVALID', {
    where: 'ledger',
    detail: `${displayUrl} was written by a newer Cauce (it has ${unknown}). Update Cauce, or name another ledger`,
    detalle: `${displayUrl} la escribió un Cauce más nuevo (tiene ${unknown}). Actualice Cauce, o indique otra bitácora`,
  })
}
