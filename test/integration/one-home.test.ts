import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CliScene } from '../cli/cli-scene.ts'
import { until } from '../faults/until.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'

describeNeeding('postgres')('workers on one ledger in PostgreSQL', () => {
  test(
    'share a home, proven by what is written in it: with another, check, worker and run refuse and say what to do',
    { timeout: 120_000 },
    async () => {
      using scene = new CliScene()
      const database = await sharedPostgres().createDatabase()
      const ledger = ['--ledger', database.url]
      expect((await scene.cauce(['check', ...ledger])).code).toBe(0)
      const first = scene.start(['worker', '--jobs', '1', ...ledger])
      const working = async (n: number) => {
        const rows = await database
          .query("SELECT count(*)::int AS n FROM cauce.worker WHERE state = 'working'")
          .catch(() => [])
        return rows[0]?.['n'] === n ? true : undefined
      }
      await until('it works', async () => working(1), { withinMs: 30_000 })
      const elsewhere = [...ledger, '--home', join(scene.folder, 'elsewhere')]
      const checked = await scene.cauce(['check', ...elsewhere])
      expect(checked.code).toBe(78)
      expect(checked.stdout.replaceAll(/\s+/g, ' ')).toContain(
        `is not the one that process ${first.child.pid} on ${hostname()} keeps the files of ventas in`,
      )
      const spanish = await scene.cauce(['check', '--lang', 'es', ...elsewhere])
      expect(spanish.stdout.replaceAll(/\s+/g, ' ')).toContain('nómbrelo con --home o CAUCE_HOME')
      const [worker, run] = await Promise.all([
        scene.cauce(['worker', ...elsewhere]),
        scene.cauce(['run', ...elsewhere]),
      ])
      expect([worker.code, run.code]).toEqual([78, 78])
      expect(worker.stderr.replaceAll(/\s+/g, ' ')).toContain('name it with --home or CAUCE_HOME')
      // The same home under another path is the same home, and a second process there needs no setting.
      expect((await scene.cauce(['check', ...ledger])).code).toBe(0)
      const second = scene.start(['worker', '--jobs', '1', ...ledger])
      await until('both work', async () => working(2), { withinMs: 30_000 })
      for (const { child } of [first, second]) child.kill('SIGTERM')
      expect([(await first.ended).code, (await second.ended).code]).toEqual([0, 0])
      expect((await scene.cauce(['check', ...elsewhere])).code).toBe(0)
    },
  )
})
