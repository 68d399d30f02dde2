import { describe, expect, test } from 'vitest'
import { openMysqlDestination } from '../../packages/cauce/src/connectors/mysql/destination.ts'
import { startMariadb } from '../servers/mariadb.ts'
import { startMysql } from '../servers/mysql.ts'
import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import { containsText, startTcpProxy } from '../servers/tcp-proxy.ts'
import { mysqlKit } from './destination/mysql-kit.ts'
import { badNetworkConformance, FILAS, large, small } from './destination/bad-network.ts'
import { TestBed } from './destination/test-bed.ts'

for (const server of ['mariadb', 'mysql'] as const) {
  badNetworkConformance({
    name: server,
    address: () => sharedSql(server),
    kit: () => mysqlKit(() => sharedSql(server)),
    open: openMysqlDestination,
  })

  describeNeeding(server)(`${server} that dies`, () => {
    test(
      'in the middle of a load leaves nothing, and takes the load when it is back',
      { timeout: 120_000 },
      async () => {
        await using own = await (server === 'mariadb' ? startMariadb() : startMysql())
        // Beds hold a connection of their own, so each outlives one server at most.
        const database = await own.createDatabase()
        await using files = await TestBed.make(mysqlKit(() => sharedSql(server)))
        const sketch = await large(files)
        for (const boundary of ['after-guard', 'after-tables', 'before-commit']) {
          const destination = await openMysqlDestination(`${database.url}?settle=1`)
          await destination.prepare(sketch.tables ?? [])
          // At once, so that what follows the boundary finds nobody.
          const at = (passed: string): void => {
            if (passed === boundary) process.kill(own.pid(), 'SIGKILL')
          }
          await expect(files.load(sketch, { by: destination, hooks: { at } })).rejects.toMatchObject({
            code: 'DESTINATION_UNREACHABLE',
          })
          await own.kill()
          await own.restart()
          const [counted] = await own.query(`SELECT COUNT(*) AS n FROM ${database.name}.filas`)
          expect(Number(counted?.['n']), boundary).toBe(0)
          await destination.close()
        }
        const destination = await openMysqlDestination(database.url)
        expect(await files.load(sketch, { by: destination })).toEqual({ kind: 'loaded' })
        await destination.close()
      },
    )

    test(
      'while the reply to COMMIT is on its way is asked again when it is back',
      { timeout: 120_000 },
      async () => {
        await using own = await (server === 'mariadb' ? startMariadb() : startMysql())
        await using proxy = await startTcpProxy(own)
        await using files = await TestBed.make(mysqlKit(() => sharedSql(server)))
        const database = await own.createDatabase()
        const destination = await openMysqlDestination(proxy.urlFor(database.url))
        const sketch = await small(files)
        await destination.prepare(sketch.tables ?? [])
        const restarted = proxy.dropReplyTo(containsText('COMMIT')).then(async () => {
          await own.kill()
          await own.restart()
        })
        expect(await files.load(sketch, { by: destination })).toEqual({ kind: 'loaded' })
        await restarted
        const [counted] = await own.query(`SELECT COUNT(*) AS n FROM ${database.name}.filas`)
        expect(Number(counted?.['n'])).toBe(2)
        await destination.close()
      },
    )

    test('without LOAD DATA LOCAL INFILE gets its rows by INSERT, also when that is forbidden meanwhile', async () => {
      await using own = await (server === 'mariadb' ? startMariadb() : startMysql())
      await using bed = await TestBed.make(mysqlKit(() => own))
      expect(await bed.load(await small(bed))).toEqual({ kind: 'loaded' })
      await own.setLocalInfile(false)
      const sketch = { ...(await large(bed)), item: 'otro', content: 'otro' }
      expect(await bed.load(sketch)).toEqual({ kind: 'loaded' })
      expect(
        await bed.load({ ...sketch, item: 'tercero', content: 'tercero' }, { by: await bed.rival() }),
      ).toEqual({
        kind: 'loaded',
      })
      expect(await bed.rows(FILAS)).toHaveLength(120_002)
    })
  })
}

describe('without a server', () => {
  test('the destination says that it cannot be reached, without the password', async () => {
    const destination = await openMysqlDestination('mysql://yo:secreto@127.0.0.1:1/datos?timeout=1')
    const failed = await destination.prepare([]).catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 'DESTINATION_UNREACHABLE',
      details: { url: 'mysql://yo@127.0.0.1:1/datos' },
    })
    expect(String(failed)).not.toContain('secreto')
    await destination.close()
  })
})
