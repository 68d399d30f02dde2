import { Client } from 'pg'
import { expect, test } from 'vitest'
import { PostgresConnection } from '../../packages/cauce/src/connectors/postgres/connection.ts'
import { openPostgresDestination } from '../../packages/cauce/src/connectors/postgres/destination.ts'
import { insertGuard } from '../../packages/cauce/src/connectors/postgres/guard.ts'
import { postgresLocation } from '../../packages/cauce/src/connectors/postgres/location.ts'
import {
  confirmRollback,
  settleLostCommit,
} from '../../packages/cauce/src/connectors/postgres/lost-session.ts'
import { systemClock } from '../../packages/cauce/src/model/clock.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'
import { postgresKit, PostgresKitDatabase } from './destination/postgres-kit.ts'
import { INTEGER, TEXT } from './destination/round-trip.ts'
import { shapeOf, TestBed } from './destination/test-bed.ts'

const CUENTAS = shapeOf({
  name: 'cuentas',
  columns: { clave: TEXT, n: INTEGER },
  key: ['clave'],
  merge: { n: { kind: 'sum' } },
})
const kit = postgresKit(() => sharedPostgres())
const impatient = postgresKit(() => sharedPostgres(), '?lock_wait=1')

describeNeeding('postgres')('locks of postgres', () => {
  test('that others keep too long end the load as busy, and nothing of it stays', async () => {
    await using bed = await TestBed.make(impatient)
    await bed.load({ item: 'a', tables: [await bed.table(CUENTAS, [['k', '1']])] })
    await using stranger = await Stranger.on(bed)
    await stranger.say("BEGIN; UPDATE cuentas SET n = n WHERE clave = 'k'")
    const tables = [
      await bed.table(CUENTAS, [
        ['j', '1'],
        ['k', '1'],
      ]),
    ]
    await expect(bed.load({ item: 'b', tables })).rejects.toMatchObject({
      code: 'DESTINATION_BUSY',
      class: 'system',
    })
    await stranger.say('ROLLBACK')
    expect(await bed.load({ item: 'b', tables })).toEqual({ kind: 'loaded' })
    expect(await bed.rows(CUENTAS)).toEqual([
      ['j', '1'],
      ['k', '2'],
    ])
  })

  test('of a whole table are waited for and told in the same way', async () => {
    await using bed = await TestBed.make(impatient)
    const tables = [await bed.table(CUENTAS, [['k', '1']])]
    await bed.destination.prepare([CUENTAS])
    await using stranger = await Stranger.on(bed)
    await stranger.say('BEGIN; LOCK TABLE cuentas IN ACCESS EXCLUSIVE MODE')
    await expect(bed.load({ item: 'a', tables })).rejects.toMatchObject({ code: 'DESTINATION_BUSY' })
    await stranger.say('ROLLBACK')
    expect(await bed.load({ item: 'a', tables })).toEqual({ kind: 'loaded' })
  })

  test('that close a circle do the whole load again', async () => {
    await using bed = await TestBed.make(kit)
    const rows = ['a', 'z'].map((key) => [key, '1'])
    await bed.load({ item: 'a', tables: [await bed.table(CUENTAS, rows)] })
    await using stranger = await Stranger.on(bed)
    // Who has waited for this long finds the circle, and gives way: the load does.
    await stranger.say("SET deadlock_timeout = '60s'; BEGIN; UPDATE cuentas SET n = n + 1 WHERE clave = 'z'")
    const passed: string[] = []
    const loading = bed.load(
      { item: 'b', tables: [await bed.table(CUENTAS, rows)] },
      { hooks: { at: (boundary) => void passed.push(boundary) } },
    )
    const circle = stranger.say("UPDATE cuentas SET n = n + 1 WHERE clave = 'a'; COMMIT", {
      whenWaiting: true,
    })
    expect(await loading).toEqual({ kind: 'loaded' })
    await circle
    expect(passed.filter((boundary) => boundary === 'after-guard')).toHaveLength(2)
    expect(await bed.rows(CUENTAS)).toEqual([
      ['a', '3'],
      ['z', '3'],
    ])
  })
})

describeNeeding('postgres')('sessions of postgres whose client is gone without a farewell', () => {
  test('are ended, and their load is found not to have happened', async () => {
    await using bed = await TestBed.make(kit)
    await bed.destination.prepare([])
    const location = postgresLocation(urlOf(bed), '')
    const request = bed.request({ item: 'a' })
    const stuck = await PostgresConnection.open(location)
    await stuck.begin()
    await insertGuard(stuck, request)
    const session = { location, clock: systemClock, facts: stuck.facts }
    expect(await settleLostCommit(session, request)).toBe('rolled-back')
    await expect(stuck.rows('SELECT 1')).rejects.toThrow(/./)
    expect(await bed.database.openTransactions()).toBe(0)
    stuck.cut()
  })

  test('are found gone with their transaction when a cancel asks, and a later one of the session is let be', async () => {
    await using bed = await TestBed.make(kit)
    await bed.load({ item: 'a', tables: [await bed.table(CUENTAS, [])] })
    const location = postgresLocation(urlOf(bed), '')
    const stuck = await PostgresConnection.open(location)
    await stuck.begin()
    const { facts } = stuck
    await stuck.commit()
    await stuck.begin()
    await stuck.write('INSERT INTO cuentas SELECT n::text, n FROM generate_series(1, 100000) AS n')
    await confirmRollback({ location, clock: systemClock, facts })
    expect(await stuck.rows('SELECT 1 AS n')).toEqual([{ n: '1' }])
    await confirmRollback({ location, clock: systemClock, facts: stuck.facts })
    expect(await bed.database.openTransactions()).toBe(0)
    expect(await bed.rows(CUENTAS)).toEqual([])
    stuck.cut()
  })

  test('say who they are, and are ended by the server itself in the middle of a long statement', async () => {
    await using bed = await TestBed.make(kit)
    const gone = await PostgresConnection.open(postgresLocation(urlOf(bed), ''))
    await gone.begin()
    const sleeping = gone.rows('SELECT pg_sleep(60)').catch((error: unknown) => error)
    await using stranger = await Stranger.on(bed)
    const sessions = async () =>
      (
        await stranger.say(
          "SELECT 1 FROM pg_stat_activity WHERE application_name = 'cauce' AND datname = current_database()",
        )
      ).length
    expect(await sessions()).toBe(1)
    gone.cut()
    await sleeping
    await expect.poll(sessions, { timeout: 15_000, interval: 200 }).toBe(0)
  })
})

describeNeeding('postgres')('the way into postgres', () => {
  test('is refused with a wrong password or a database that is not there, in the right class', async () => {
    const { url } = sharedPostgres()
    const wrong = new URL(`${url}/postgres`)
    wrong.password = 'no-es-esta'
    await expect(preparing(wrong.href)).rejects.toMatchObject({ code: 'DESTINATION_ACCESS', class: 'access' })
    await expect(preparing(`${url}/no_existe`)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })

  test('makes the schema it is told, and keeps to it', async () => {
    await using bed = await TestBed.make(postgresKit(() => sharedPostgres(), '?schema=Ventas%20%22x%22'))
    await bed.database.run('DROP SCHEMA "Ventas ""x""" CASCADE; CREATE TABLE public.cuentas (x int)')
    const tables = [await bed.table(CUENTAS, [['k', '1']])]
    expect(await bed.load({ item: 'a', tables })).toEqual({ kind: 'loaded' })
    expect(await bed.rows(CUENTAS)).toEqual([['k', '1']])
    expect(await bed.database.tables()).toEqual(['cauce_loads', 'cauce_periods', 'cauce_replays', 'cuentas'])
    expect((await bed.destination.query('SELECT n FROM cuentas', { limit: 5 })).rows).toEqual([[1]])
  })

  test('needs no more than rows and temporary tables once the tables are there', async () => {
    await using bed = await TestBed.make(kit)
    const access = sharedPostgres()
    const { pathname } = new URL(urlOf(bed))
    const user = `poco_${pathname.slice(-8)}`
    await bed.database.run(
      `CREATE ROLE ${user} LOGIN PASSWORD 'clave-larga'; REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
    )
    try {
      const poor = `postgres://${user}:clave-larga@${access.host}:${access.port}${pathname}`
      const tables = [await bed.table(CUENTAS, [['k', '1']])]
      const destination = await openPostgresDestination(poor)
      await expect(bed.load({ item: 'a', tables }, { by: destination })).rejects.toMatchObject({
        code: 'DESTINATION_ACCESS',
        class: 'access',
      })
      await bed.destination.prepare([CUENTAS])
      await bed.database.run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${user}`)
      expect(await bed.load({ item: 'a', tables }, { by: destination })).toEqual({ kind: 'loaded' })
      await bed.database.run(`REVOKE INSERT ON cuentas FROM ${user}`)
      await expect(bed.load({ item: 'b', tables }, { by: destination })).rejects.toMatchObject({
        code: 'DESTINATION_ACCESS',
        message: expect.stringContaining('cuentas'),
      })
      await destination.close()
    } finally {
      await bed.database.run(`DROP OWNED BY ${user}; DROP ROLE ${user}`)
    }
  })

  test('writes also where reading is the default', async () => {
    await using bed = await TestBed.make(kit)
    const { pathname } = new URL(urlOf(bed))
    const name = pathname.slice(1)
    await bed.database.run(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
    const destination = await bed.rival()
    const tables = [await bed.table(CUENTAS, [['k', '1']])]
    expect(await bed.load({ item: 'a', tables }, { by: destination })).toEqual({ kind: 'loaded' })
  })

  test('by TLS checks certificate and name as far as it is asked to', async () => {
    const { url, certificatePath } = sharedPostgres()
    const database = await sharedPostgres().createDatabase()
    const through = `${url}/${database.name}`
    const ca = `&sslrootcert=${encodeURIComponent(certificatePath)}`
    for (const passes of [
      '?sslmode=require',
      `?sslmode=verify-ca${ca}`,
      `?sslmode=verify-full${ca}&server_name=localhost`,
    ])
      await expect(preparing(`${through}${passes}`), passes).resolves.toBeUndefined()
    for (const fails of [
      `?sslmode=verify-full${ca}&server_name=otro.example`,
      '?sslmode=verify-ca',
      '?sslmode=verify-full&server_name=localhost',
    ])
      await expect(preparing(`${through}${fails}`), fails).rejects.toMatchObject({
        code: 'DESTINATION_ACCESS',
      })
    await expect(preparing(`${through}?sslmode=verify-full&sslrootcert=/no/existe`)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
    await database.drop()
  })
})

async function preparing(url: string): Promise<void> {
  const destination = await openPostgresDestination(url)
  try {
    await destination.prepare([])
  } finally {
    await destination.close()
  }
}

/** The bed's database as a URL. */
function urlOf({ database }: TestBed): string {
  if (database instanceof PostgresKitDatabase) return database.url
  throw new TypeError('the bed lies elsewhere')
}

/** Somebody else who works in the bed's database. */
class Stranger implements AsyncDisposable {
  readonly #client: Client

  private constructor(client: Client) {
    this.#client = client
  }

  static async on(bed: TestBed): Promise<Stranger> {
    const [connectionString] = urlOf(bed).split('?')
    const client = new Client({ connectionString: connectionString ?? '' })
    await client.connect()
    return new Stranger(client)
  }

  /** Says it at once, or as soon as a load waits for a lock. */
  async say(sql: string, { whenWaiting = false } = {}): Promise<readonly unknown[]> {
    const waiting = async (): Promise<number> => {
      const { rowCount } = await this.#client.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cauce' AND wait_event_type = 'Lock'",
      )
      return rowCount ?? 0
    }
    if (whenWaiting) await expect.poll(waiting, { timeout: 10_000, interval: 50 }).toBeGreaterThan(0)
    const { rows } = await this.#client.query<Record<string, unknown>>(sql)
    return rows
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end()
  }
}
