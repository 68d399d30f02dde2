import { describe, expect, test } from 'vitest'
import { openPostgresDestination } from '../../packages/cauce/src/connectors/postgres/destination.ts'
import { startPostgres } from '../servers/postgres.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'
import { containsText, startTcpProxy } from '../servers/tcp-proxy.ts'
import { postgresKit } from './destination/postgres-kit.ts'
import { badNetworkConformance, large, small } from './destination/bad-network.ts'
import { TestBed } from './destination/test-bed.ts'

badNetworkConformance({
  name: 'postgres',
  address: sharedPostgres,
  kit: () => postgresKit(sharedPostgres),
  open: openPostgresDestination,
})

describeNeeding('postgres')(`postgres that dies`, () => {
  test(
    'in the middle of a load leaves nothing, and takes the load when it is back',
    { timeout: 120_000 },
    async () => {
      await using own = await startPostgres()
      // Beds hold a connection of their own, so each outlives one server at most.
      const database = await own.createDatabase()
      await using files = await TestBed.make(postgresKit(() => sharedPostgres()))
      const sketch = await large(files)
      for (const boundary of ['after-guard', 'before-commit']) {
        const destination = await openPostgresDestination(`${database.url}?settle=1`)
        await destination.prepare(sketch.tables ?? [])
        const sessions = await database.query(
          "SELECT pid FROM pg_stat_activity WHERE application_name = 'cauce' AND datname = current_database()",
        )
        expect(sessions).toHaveLength(1)
        // At once, so that what follows the boundary finds nobody: a session outlives its server as long as it has work.
        const at = (passed: string): void => {
          if (passed !== boundary) return
          for (const pid of [own.pid(), Number(sessions[0]?.['pid'])]) process.kill(pid, 'SIGKILL')
        }
        await expect(files.load(sketch, { by: destination, hooks: { at } })).rejects.toMatchObject({
          code: 'DESTINATION_UNREACHABLE',
        })
        await own.kill()
        await own.restart()
        const [counted] = await database.query('SELECT COUNT(*) AS n FROM filas')
        expect(Number(counted?.['n']), boundary).toBe(0)
        await destination.close()
      }
      const destination = await openPostgresDestination(database.url)
      expect(await files.load(sketch, { by: destination })).toEqual({ kind: 'loaded' })
      await destination.close()
    },
  )

  test(
    'while the reply to COMMIT is on its way is asked again when it is back',
    { timeout: 120_000 },
    async () => {
      await using own = await startPostgres()
      await using proxy = await startTcpProxy(own)
      await using files = await TestBed.make(postgresKit(() => sharedPostgres()))
      const database = await own.createDatabase()
      const destination = await openPostgresDestination(proxy.urlFor(database.url))
      const sketch = await small(files)
      await destination.prepare(sketch.tables ?? [])
      const restarted = proxy.dropReplyTo(containsText('COMMIT')).then(async () => {
        await own.kill()
        await own.restart()
      })
      expect(await files.load(sketch, { by: destination })).toEqual({ kind: 'loaded' })
      await restarted
      const [counted] = await database.query('SELECT COUNT(*) AS n FROM filas')
      expect(Number(counted?.['n'])).toBe(2)
      await destination.close()
    },
  )
})

describe('without a server', () => {
  test('the destination says that it cannot be reached, without the password', async () => {
    const destination = await openPostgresDestination('postgres://yo:secreto@127.0.0.1:1/datos?timeout=1')
    const failed = await destination.prepare([]).catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 'DESTINATION_UNREACHABLE',
      details: { url: 'postgres://yo@127.0.0.1:1/datos' },
    })
    expect(String(failed)).not.toContain('secreto')
    await destination.close()
  })
})
