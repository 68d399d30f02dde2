import { describe, expect, onTestFinished, test } from 'vitest'
import { type Ledger, readLedger, writeLedger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { migrateLedger } from '../../packages/cauce/src/ledger/migrate-ledger.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { ownIdentity } from '../../packages/cauce/src/ledger/process-identity.ts'
import { listItems } from '../../packages/cauce/src/ledger/list-items.ts'
import { recordItems } from '../../packages/cauce/src/ledger/record-items.ts'
import { recordPlan } from '../../packages/cauce/src/ledger/record-plan.ts'
import { startRun } from '../../packages/cauce/src/ledger/start-run.ts'
import { CauceError } from '../../packages/cauce/src/model/cauce-error.ts'
import type { Plan } from '../../packages/cauce/src/model/plan.ts'
import { freePort } from '../servers/free-port.ts'
import type { PostgresDatabase } from '../servers/postgres-access.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'

async function scratchDatabase(): Promise<PostgresDatabase> {
  const database = await sharedPostgres().createDatabase()
  onTestFinished(async () => database.drop())
  return database
}

async function open(url: string): Promise<Ledger> {
  const ledger = await openLedger(url)
  onTestFinished(async () => ledger.close())
  return ledger
}

async function errorOf(act: Promise<unknown>): Promise<CauceError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof CauceError) return error
  throw new Error('no CauceError was thrown', { cause: error })
}

describeNeeding('postgres')('a ledger on PostgreSQL', () => {
  test('it makes its schema and its tables there and nowhere else, and opening again changes nothing', async () => {
    const database = await scratchDatabase()
    const ledger = await open(database.url)
    expect(ledger).toMatchObject({ dialect: 'postgres', schema: 'cauce', path: undefined })
    const user = new URL(database.url)
    expect(ledger.displayUrl).toBe(`postgres://${user.username}@${user.host}/${database.name}`)
    expect(await migrateLedger(ledger)).toEqual([])
    const schemas = await database.query(
      "SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname NOT LIKE 'pg\\_%' AND schemaname != 'information_schema'",
    )
    expect(schemas).toEqual([{ schemaname: 'cauce' }])
  })

  test('two schemas of one database are two ledgers, however they are named', async () => {
    const database = await scratchDatabase()
    const names = ['otherCase', 'con "comillas" y ñ']
    const [one, other] = await Promise.all(
      names.map(async (name) => open(`${database.url}?schema=${encodeURIComponent(name)}`)),
    )
    await recordPlan(one as Ledger, { plan: { pipeline: 'p', hash: 'h' } as Plan, nowMs: 1 })
    const plansIn = async (ledger: Ledger | undefined) =>
      ledger?.db.selectFrom('plan').select('hash').execute()
    expect(await plansIn(one)).toEqual([{ hash: 'h' }])
    expect(await plansIn(other)).toEqual([])
  })

  test('keys are compared and sorted by their bytes, whatever the language of the database', async () => {
    const ledger = await open((await scratchDatabase()).url)
    const scope = { pipeline: 'p', planHash: 'h', owner: await ownIdentity(), nowMs: 1 }
    await recordPlan(ledger, { plan: { pipeline: 'p', hash: 'h' } as Plan, nowMs: 1 })
    const { id: runId } = await startRun(ledger, scope)
    const keys = ['peña', 'pena', 'PENA', 'Ñu', 'a', 'B', 'an\u0303o', 'año']
    const entries = keys.map((key) => ({ key, sizeBytes: 1, modifiedMs: 1 }))
    expect(await recordItems(ledger, { ...scope, runId, boundHost: null, entries })).toHaveLength(keys.length)
    const sorted = await ledger.db.selectFrom('item').orderBy('key').select('key').execute()
    expect(sorted.map(({ key }) => key)).toEqual(
      keys.toSorted((a, b) => Buffer.from(a).compare(Buffer.from(b))),
    )
    expect(await listItems(ledger, { key: 'pena' })).toHaveLength(1)
  })

  test('whole numbers come back as numbers, the greatest too, and sums of them', async () => {
    const ledger = await open((await scratchDatabase()).url)
    const greatest = Number.MAX_SAFE_INTEGER
    await recordPlan(ledger, { plan: { pipeline: 'p', hash: 'h' } as Plan, nowMs: greatest })
    const { firstSeenMs } = await ledger.db.selectFrom('plan').select('firstSeenMs').executeTakeFirstOrThrow()
    const sums = await ledger.db
      .selectFrom('plan')
      .select(({ fn }) => [fn.sum<number>('firstSeenMs').as('sum'), fn.countAll<number>().as('count')])
      .executeTakeFirstOrThrow()
    expect([firstSeenMs, sums]).toEqual([greatest, { sum: greatest, count: 1 }])
  })

  test('what throws in a transaction undoes all of it', async () => {
    const ledger = await open((await scratchDatabase()).url)
    const plan = { hash: 'h', pipeline: 'p', json: '{}', firstSeenMs: 1 }
    const failing = writeLedger(ledger, async (transaction) => {
      await transaction.insertInto('plan').values(plan).execute()
      throw new CauceError('USAGE', { detail: 'no' })
    })
    expect((await errorOf(failing)).code).toBe('USAGE')
    expect(await readLedger(ledger, async (db) => db.selectFrom('plan').selectAll().execute())).toEqual([])
  })

  test('what breaks a rule of the tables is a bug of ours, and is told without the row', async () => {
    const ledger = await open((await scratchDatabase()).url)
    const run = { pipeline: 'p', planHash: 'never recorded', owner: await ownIdentity(), nowMs: 1 }
    const error = await errorOf(startRun(ledger, run))
    expect(error).toMatchObject({ code: 'BUG', message: expect.stringContaining('foreign key') })
    expect(error.message).not.toContain('never recorded')
  })

  test('a transaction waits for its commit to be durable, whatever the database says, and settings stay its own', async () => {
    const database = await scratchDatabase()
    await database.query(`ALTER DATABASE ${database.name} SET synchronous_commit = off`)
    const ledger = await open(database.url)
    const ask = async (db: Ledger['db']) =>
      db
        .selectNoFrom((eb) => {
          const setting = (name: string) => eb.fn<string>('current_setting', [eb.val(name)])
          return [
            setting('synchronous_commit').as('durable'),
            setting('search_path').as('path'),
            setting('transaction_isolation').as('isolation'),
            setting('statement_timeout').as('timeout'),
          ]
        })
        .execute()
    const inside = await writeLedger(ledger, ask)
    const outside = await readLedger(ledger, ask)
    expect(inside).toEqual([{ durable: 'on', path: '"cauce"', isolation: 'read committed', timeout: '20s' }])
    expect(outside).toMatchObject([{ durable: 'off', timeout: '0' }])
  })
})

describeNeeding('postgres')('rivals on PostgreSQL', () => {
  test('of two listings recorded at once that show different versions, one is pending and the other gave way', async () => {
    const { url } = await scratchDatabase()
    const rivals = [await open(url), await open(url)]
    const owner = await ownIdentity()
    const scope = { pipeline: 'p', planHash: 'h', owner, nowMs: 1 }
    await recordPlan(rivals[0] as Ledger, { plan: { pipeline: 'p', hash: 'h' } as Plan, nowMs: 1 })
    const { id: runId } = await startRun(rivals[0] as Ledger, scope)
    for (let round = 0; round < 20; round++)
      await Promise.all(
        rivals.map(async (ledger, version) => {
          const entries = ['a', 'b'].map((key) => ({
            key: `${round}${key}`,
            sizeBytes: version,
            modifiedMs: 1,
          }))
          await recordItems(ledger, { ...scope, runId, boundHost: null, entries })
        }),
      )
    const items = await listItems(rivals[0] as Ledger)
    const states = Map.groupBy(items, ({ key }) => key)
      .values()
      .map((versions) => versions.map(({ state }) => state).toSorted())
    expect([...states]).toEqual(Array.from({ length: 40 }, () => ['pending', 'superseded']))
  })
})

describeNeeding('postgres')('a ledger on PostgreSQL that will not do', () => {
  test('a ledger of a newer Cauce is refused', async () => {
    const database = await scratchDatabase()
    const { url } = database
    await (await open(url)).close()
    await database.query("INSERT INTO cauce.kysely_migration (name, timestamp) VALUES ('9999-later', '')")
    expect(await errorOf(openLedger(url))).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('9999-later'),
    })
  })

  test('a wrong password is a matter of access, and neither it nor the right one is told', async () => {
    const { url } = await scratchDatabase()
    const wrong = new URL(url)
    wrong.password = 'wr0ng-secret'
    const error = await errorOf(openLedger(wrong.href))
    expect(error).toMatchObject({ code: 'LEDGER_ACCESS', class: 'access' })
    expect(JSON.stringify([error.message, error.details])).not.toContain('wr0ng-secret')
    wrong.username = 'nobody'
    expect(await errorOf(openLedger(wrong.href))).toMatchObject({ class: 'access' })
  })

  test('a server that is not there is told at once, as something that may pass', async () => {
    const begin = performance.now()
    const error = await errorOf(openLedger(`postgres://a:secret@127.0.0.1:${await freePort()}/db`))
    expect(error).toMatchObject({ code: 'LEDGER_UNREACHABLE', class: 'system' })
    expect(error.message).toContain('ECONNREFUSED')
    expect(error.message).not.toContain('secret')
    expect(performance.now() - begin).toBeLessThan(5_000)
    const unknown = await errorOf(openLedger('postgres://a:b@no-such-host.invalid/db'))
    expect(unknown).toMatchObject({ code: 'LEDGER_UNREACHABLE', class: 'system' })
  })

  test('a database that is not there, or keeps text in another encoding, is a matter of configuration', async () => {
    const { url, name } = await scratchDatabase()
    const missing = await errorOf(openLedger(url.replace(name, 'never_made')))
    expect(missing).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('create it') })
    const server = sharedPostgres()
    const latin = `${name}_latin`
    await server.query(
      `CREATE DATABASE ${latin} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0${localeProvider(server.version)}`,
    )
    onTestFinished(async () => void (await server.query(`DROP DATABASE ${latin} WITH (FORCE)`)))
    const refused = await errorOf(openLedger(url.replace(name, latin)))
    expect(refused).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('LATIN1') })
    expect(refused.textIn('es')).toContain('cree una')
  })

  test('a certificate is demanded where the URL says so, and one that proves nothing is refused', async () => {
    const { url, name } = await scratchDatabase()
    const { certificatePath } = sharedPostgres()
    const trusting = await open(
      `${url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(certificatePath)}`,
    )
    const lines = await sharedPostgres().query(
      'SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = $1',
      [name],
    )
    expect(new Set(lines.map(({ ssl }) => ssl))).toEqual(new Set([true]))
    expect(trusting.dialect).toBe('postgres')
    const doubting = await errorOf(openLedger(`${url}?sslmode=verify-full`))
    expect(doubting).toMatchObject({ code: 'LEDGER_ACCESS', class: 'access' })
    const lost = await errorOf(openLedger(`${url}?sslmode=verify-full&sslrootcert=/nowhere/ca.pem`))
    expect(lost).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('/nowhere/ca.pem'),
    })
  })
})

describeNeeding('postgres')('rights on PostgreSQL', () => {
  /** A user with nothing but the right to connect. */
  async function stranger(database: PostgresDatabase): Promise<{ name: string; url: string }> {
    const server = sharedPostgres()
    const name = `${database.name}_user`
    await server.query(`CREATE ROLE ${name} LOGIN PASSWORD 'Its-own'`)
    onTestFinished(async () => {
      await database.query(`DROP OWNED BY ${name} CASCADE`)
      await server.query(`DROP ROLE ${name}`)
    })
    const url = new URL(database.url)
    url.username = name
    url.password = 'Its-own'
    return { name, url: url.href }
  }

  test('whoever may not create a schema is told so, and a schema given to him is enough', async () => {
    const database = await scratchDatabase()
    const { name, url } = await stranger(database)
    const refused = await errorOf(openLedger(url))
    expect(refused).toMatchObject({
      code: 'LEDGER_ACCESS',
      message: expect.stringContaining('permission denied'),
    })
    await database.query(`CREATE SCHEMA cauce AUTHORIZATION ${name}`)
    expect(await listItems(await open(url))).toEqual([])
  })

  test('on a ledger that another user keeps up to date, rights on its rows are enough', async () => {
    const database = await scratchDatabase()
    const { name, url } = await stranger(database)
    await open(database.url)
    await database.query(`GRANT USAGE ON SCHEMA cauce TO ${name}`)
    await database.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cauce TO ${name}`)
    const ledger = await open(url)
    const scope = { pipeline: 'p', planHash: 'h', owner: await ownIdentity(), nowMs: 1 }
    await recordPlan(ledger, { plan: { pipeline: 'p', hash: 'h' } as Plan, nowMs: 1 })
    const { id: runId } = await startRun(ledger, scope)
    const entries = [{ key: 'a', sizeBytes: 1, modifiedMs: 1 }]
    expect(await recordItems(ledger, { ...scope, runId, boundHost: null, entries })).toHaveLength(1)
  })
})

/** Version 15 and later need to be told that the new database does not sort as the others do. */
function localeProvider(version: string): string {
  return Number.parseInt(version, 10) >= 15 ? " LOCALE_PROVIDER 'libc'" : ''
}

describe('a place that is none', () => {
  test('a url of neither home is refused, with what would be one', async () => {
    const refused = await errorOf(openLedger('mysql://a:secret@b/c'))
    expect(refused.message).toContain('postgres://')
    expect(refused.message).not.toContain('secret')
  })
})
