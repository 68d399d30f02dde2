import { afterAll, onTestFinished } from 'vitest'
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
    const own = await database
    const ledger = free.pop() ?? (await openLedger(`${own.url}?schema=scratch_${all.length}`))
    if (!all.includes(ledger)) all.push(ledger)
    let isClosed = false
    const close = async () => {
      isClosed = true
      await ledger.close()
    }
    onTestFinished(async () => {
      // A test may close its ledger as part of what it tries.
      if (isClosed) return
      await empty(own, ledger)
      free.push(ledger)
    })
    return { ...ledger, close, [Symbol.asyncDispose]: close }
  }
}

async function empty(database: PostgresDatabase, { schema }: Ledger): Promise<void> {
  const tables = await database.query(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = $1 AND tablename NOT LIKE 'kysely%'",
    [schema],
  )
  const names = tables.map(({ name }) => String(name)).join(', ')
  await database.query(`TRUNCATE ${names} RESTART IDENTITY CASCADE`)
}
