import { setTimeout as pause } from 'node:timers/promises'
import { createConnection, type Connection } from 'mysql2/promise'
import { expect, test } from 'vitest'
import { MysqlConnection } from '../../packages/cauce/src/connectors/mysql/connection.ts'
import { openMysqlDestination } from '../../packages/cauce/src/connectors/mysql/destination.ts'
import { insertGuard } from '../../packages/cauce/src/connectors/mysql/guard.ts'
import { mysqlLocation } from '../../packages/cauce/src/connectors/mysql/location.ts'
import { confirmRollback, settleLostCommit } from '../../packages/cauce/src/connectors/mysql/lost-session.ts'
import { systemClock } from '../../packages/cauce/src/model/clock.ts'
import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import { mysqlKit } from './destination/mysql-kit.ts'
import { INTEGER, TEXT } from './destination/round-trip.ts'
import { shapeOf, TestBed } from './destination/test-bed.ts'

const CUENTAS = shapeOf({
  name: 'cuentas',
  columns: { clave: TEXT, n: INTEGER },
  key: ['clave'],
  merge: { n: { kind: 'sum' } },
})

for (const server of ['mariadb', 'mysql'] as const) {
  const kit = mysqlKit(() => sharedSql(server))
  const impatient = mysqlKit(() => sharedSql(server), '?lock_wait=1')

  describeNeeding(server)(`locks of ${server}`, () => {
    test('that others keep too long end the load as busy, and nothing of it stays', async () => {
      await using bed = await TestBed.make(impatient)
      await bed.load({ item: 'a', tables: [await bed.table(CUENTAS, [['k', '1']])] })
      const stranger = await strangerOn(server, bed)
      await stranger.query('START TRANSACTION')
      await stranger.query("UPDATE cuentas SET n = n WHERE clave = 'k'")
      const tables = [
        await bed.table(CUENTAS, [
          ['j', '1'],
          ['k', '1'],
        ]),
      ]
      await expect(bed.load({ item: 'b', tables })).rejects.toMatchObject({ code: 'DESTINATION_BUSY' })
      await stranger.query('ROLLBACK')
      stranger.destroy()
      expect(await bed.load({ item: 'b', tables })).toEqual({ kind: 'loaded' })
      expect(await bed.rows(CUENTAS)).toEqual([
        ['j', '1'],
        ['k', '2'],
      ])
    })

    test('that close a circle do the whole load again', async () => {
      await using bed = await TestBed.make(kit)
      const keys = Array.from({ length: 500 }, (_unused, number) => `m${number}`)
      const rows = ['a', ...keys, 'z'].map((key) => [key, '1'])
      await bed.load({ item: 'a', tables: [await bed.table(CUENTAS, rows)] })
      const stranger = await strangerOn(server, bed)
      await stranger.query('START TRANSACTION')
      // The heavier transaction lives. This one has changed hundreds of rows, and a table that cannot be rolled back (as a load does
      // on MariaDB, where it stages in such a table).
      await stranger.query('CREATE TEMPORARY TABLE pesada (n INT) ENGINE=MyISAM')
      await stranger.query('INSERT INTO pesada VALUES (1)')
      await stranger.query("UPDATE cuentas SET n = n + 1 WHERE clave <> 'a'")
      const tables = [
        await bed.table(CUENTAS, [
          ['a', '1'],
          ['z', '1'],
        ]),
      ]
      const passed: string[] = []
      const loading = bed.load(
        { item: 'b', tables },
        { hooks: { at: (boundary) => void passed.push(boundary) } },
      )
      await waitingFor(stranger)
      await stranger.query("UPDATE cuentas SET n = n + 1 WHERE clave = 'a'")
      await stranger.query('COMMIT')
      stranger.destroy()
      expect(await loading).toEqual({ kind: 'loaded' })
      expect(passed.filter((boundary) => boundary === 'after-guard')).toHaveLength(2)
      expect((await bed.rows(CUENTAS)).filter(([key]) => key === 'a' || key === 'z')).toEqual([
        ['a', '3'],
        ['z', '3'],
      ])
    })
  })

  describeNeeding(server)(`sessions of ${server} whose client is gone without a farewell`, () => {
    test('are ended, and their load is found not to have happened', async () => {
      await using bed = await TestBed.make(kit)
      await bed.destination.prepare([])
      const database = await kitUrl(bed)
      const location = mysqlLocation(database, '')
      const request = bed.request({ item: 'a' })
      const stuck = await MysqlConnection.open(location)
      await stuck.write('START TRANSACTION')
      await insertGuard(stuck, request)
      const session = { location, clock: systemClock, facts: stuck.facts }
      expect(await settleLostCommit(session, request)).toBe('rolled-back')
      await expect(stuck.rows('SELECT 1')).rejects.toThrow(/./)
      expect(await bed.database.openTransactions()).toBe(0)
      stuck.cut()
    })

    test('are found gone with their transaction when a cancel asks', async () => {
      await using bed = await TestBed.make(kit)
      await bed.load({ item: 'a', tables: [await bed.table(CUENTAS, [])] })
      const location = mysqlLocation(await kitUrl(bed), '')
      const stuck = await MysqlConnection.open(location)
      await stuck.write('START TRANSACTION')
      // Much to undo, so that an early answer would show.
      await stuck.write(
        `INSERT INTO cuentas (clave, n) SELECT CONCAT_WS('-', a.seq, b.seq, c.seq), 1 FROM ${digits('a')} CROSS JOIN ${digits('b')} CROSS JOIN ${digits('c')}`,
      )
      await confirmRollback({ location, clock: systemClock, facts: stuck.facts })
      expect(await bed.database.openTransactions()).toBe(0)
      expect(await bed.rows(CUENTAS)).toEqual([])
      stuck.cut()
    })
  })

  describeNeeding(server)(`the way into ${server}`, () => {
    test('is refused with a wrong password or a database that is not there, in the right class', async () => {
      const { url } = sharedSql(server)
      const wrong = new URL(`${url}/mysql`)
      wrong.password = 'no-es-esta'
      await expect(preparing(wrong.href)).rejects.toMatchObject({
        code: 'DESTINATION_ACCESS',
        class: 'access',
      })
      await expect(preparing(`${url}/no_existe`)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    })

    test('needs no more than rows and temporary tables once the tables are there', async () => {
      await using bed = await TestBed.make(kit)
      const access = sharedSql(server)
      const name = databaseName(await kitUrl(bed))
      const user = `poco_${name.slice(-8)}`
      await access.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'clave-larga'`)
      try {
        await access.query(
          `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE TEMPORARY TABLES ON ${name}.* TO '${user}'@'%'`,
        )
        const poor = `mysql://${user}:clave-larga@${access.host}:${access.port}/${name}`
        const tables = [await bed.table(CUENTAS, [['k', '1']])]
        const destination = await openMysqlDestination(poor)
        await expect(bed.load({ item: 'a', tables }, { by: destination })).rejects.toMatchObject({
          code: 'DESTINATION_ACCESS',
        })
        await bed.destination.prepare([CUENTAS])
        expect(await bed.load({ item: 'a', tables }, { by: destination })).toEqual({ kind: 'loaded' })
        await access.query(`REVOKE INSERT ON ${name}.* FROM '${user}'@'%'`)
        await destination.close()
        const denied = await openMysqlDestination(poor)
        await expect(bed.load({ item: 'b', tables }, { by: denied })).rejects.toMatchObject({
          code: 'DESTINATION_ACCESS',
        })
        await denied.close()
      } finally {
        await access.query(`DROP USER '${user}'@'%'`)
      }
    })

    test('by TLS checks certificate and name', async () => {
      const { url, certificatePath } = sharedSql(server)
      const database = await sharedSql(server).createDatabase()
      const through = `${url}/${database.name}?ssl=required`
      const ca = `&ca=${encodeURIComponent(certificatePath)}`
      await expect(preparing(`${through}${ca}&server_name=localhost`)).resolves.toBeUndefined()
      await expect(preparing(`${through}${ca}&server_name=otro.example`)).rejects.toMatchObject({
        code: 'DESTINATION_ACCESS',
      })
      await expect(preparing(`${through}&server_name=localhost`)).rejects.toMatchObject({
        code: 'DESTINATION_ACCESS',
      })
      await expect(preparing(`${through}${ca}`)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
      await expect(preparing(`${through}&ca=/no/existe&server_name=localhost`)).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
      })
      await database.drop()
    })
  })
}

async function preparing(url: string): Promise<void> {
  const destination = await openMysqlDestination(url)
  try {
    await destination.prepare([])
  } finally {
    await destination.close()
  }
}

/** The bed's database as a URL. */
async function kitUrl(bed: TestBed): Promise<string> {
  return (bed.database as Awaited<ReturnType<ReturnType<typeof mysqlKit>['createDatabase']>>).url
}

function databaseName(url: string): string {
  return /\/([^/?]+)(?:\?|$)/.exec(url.slice('mysql://'.length))?.[1] ?? ''
}

async function strangerOn(server: 'mariadb' | 'mysql', bed: TestBed): Promise<Connection> {
  const { host, port, user, password } = sharedSql(server)
  const stranger = await createConnection({
    host,
    port,
    user,
    password,
    database: databaseName(await kitUrl(bed)),
  })
  await stranger.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
  return stranger
}

/** Until a transaction of this database waits for a lock. */
async function waitingFor(stranger: Connection): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    // Asked more often, this table shows an old picture.
    await pause(150)
    const [rows] = await stranger.query(
      `SELECT COUNT(*) AS n FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
      WHERE p.DB = DATABASE() AND t.trx_state = 'LOCK WAIT'`,
    )
    if (Number((rows as { n: number }[])[0]?.n) > 0) return
  }
  throw new Error('nobody waits')
}

/** Thirty numbers as a table. */
function digits(alias: string): string {
  const numbers = Array.from({ length: 30 }, (_unused, number) => `SELECT ${number} AS seq`).join(
    ' UNION ALL ',
  )
  return `(${numbers}) AS ${alias}`
}
