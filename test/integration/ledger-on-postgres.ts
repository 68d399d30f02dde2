import { afterAll, onTestFinished } from 'vitest'
import { sql } from 'kysely'
import type { Ledger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import type { PostgresDatabase } from '../servers/postgres-access.ts'
import { sharedPostgres } from '../servers/shared-servers.ts'

/**
 * Empty ledgers on the shared PostgreSQL for the tests of one file, which calls it once. One that a test is done with is emptied
 * for the next: to create one takes ten times as long.
 */
export function emptyLedgersOnPostgres(): () => Promise<Ledger> {
  let database: Promise<PostgresDatabase> | undefined
  const all: Ledger[] = []
  const free: Ledger[] = []
  afterAll(async () => {
    await Promise.all(all.map(async (ledger) => ledger.close()))
    await (await database)?.drop()
  })
  return async () => {
    database ??= sharedPostgres().createDatabase()
    const ledger = free.pop() ?? (await openLedger(`${(await database).url}?schema=scratch_${all.length}`))
    if (!all.includes(ledger)) all.push(ledger)
    let isClosed = false
    const close = async () => {
      isClosed = true
      await ledger.close()
    }
    onTestFinished(async () => {
      // A test may close its ledger as part of what it tries.
      if (isClosed) return
      await empty(ledger)
      free.push(ledger)
    })
    return { ...ledger, close, [Symbol.asyncDispose]: close }
  }
}

async function empty({ db, schema }: Ledger): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_catalog.pg_tables
     where schemaname = ${schema} and tablename not like 'kysely%'`.execute(db)
  const tables = rows.map(({ name }) => sql.id(schema ?? '', name))
  await sql`truncate ${sql.join(tables)} restart identity cascade`.execute(db)
}
