import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { listItems } from '../../packages/cauce/src/ledger/list-items.ts'
import { listRuns } from '../../packages/cauce/src/ledger/list-runs.ts'
import { listWorkers } from '../../packages/cauce/src/ledger/list-workers.ts'
import { seatUsage } from '../../packages/cauce/src/ledger/seat-usage.ts'
import { systemClock } from '../../packages/cauce/src/model/clock.ts'
import { processesOf } from '../faults/processes-of.ts'
import { startOnDuckdb, startOnMariadb } from '../faults/on-each-destination.ts'
import { until } from '../faults/until.ts'
import { useReports } from '../faults/use-reports.ts'
import { describeNeeding, sharedPostgres, sharedSql } from '../servers/shared-servers.ts'
import { deliver, StandingProcess } from '../stand/standing-visits.ts'
import { readTables, type VisitsTables } from '../visits/visits-tables.ts'
import { VisitsRun } from '../visits/visits-run.ts'

const strict = join(import.meta.dirname, '../visits/projects/strict')

/** The tables of the same files loaded by one run that nothing disturbs. */
async function undisturbed(files: string): Promise<VisitsTables> {
  await using visit = new VisitsRun({ files })
  const run = await visit.run()
  expect(run.code, run.stderr).toBe(0)
  return await readTables(visit.destination)
}

/** Every item's state, once nothing is pending or in work. */
async function allSettled(ledgerUrl: string, count: number): Promise<readonly string[] | undefined> {
  await using ledger = await openLedger(ledgerUrl)
  const items = await listItems(ledger)
  const open = items.filter(({ state }) =>
    ['pending', 'extracting', 'transforming', 'loading'].includes(state),
  )
  return items.length >= count && open.length === 0 ? items.map(({ state }) => state) : undefined
}

function ledgerOf({ home }: VisitsRun): string {
  return `sqlite:${join(home, 'ledger.db')}`
}

describe('cauce up', () => {
  test(
    'loads what lies there and what comes, closes its runs, and stops in peace',
    { timeout: 120_000 },
    async () => {
      await using visit = await startOnDuckdb()
      const spare = mkdtempSync(join(tmpdir(), 'cauce-spare-'))
      cpSync(visit.source, spare, { recursive: true })
      rmSync(join(visit.source, 'report_2.txt'))
      const expected = await undisturbed(spare)
      await using up = new StandingProcess(visit, ['up', '--every', '1s', '--jobs', '2'])
      await until('the first files are loaded', () => allSettled(ledgerOf(visit), 3), { withinMs: 60_000 })
      deliver(visit, join(spare, 'report_2.txt'), 'report_2.txt')
      await until('the new file is loaded', () => allSettled(ledgerOf(visit), 4), { withinMs: 60_000 })
      await until('its run is closed', async () => {
        await using ledger = await openLedger(ledgerOf(visit))
        const runs = await listRuns(ledger, { limit: 10 })
        return runs.length === 2 && runs.every(({ state }) => state !== 'running')
      })
      const ended = await up.stop()
      expect(ended.code, ended.stderr).toBe(0)
      expect(ended.stdout).toContain('started as dispatcher+worker+server')
      expect(ended.stdout).toMatch(/report_2\.txt COMPLETADO/)
      expect(await readTables(visit.destination)).toEqual(expected)
      expect(visit.leftovers()).toEqual([])
      expect(processesOf(visit)).toEqual([])
      rmSync(spare, { recursive: true })
    },
  )

  test('killed and started again goes on where it was', { timeout: 120_000 }, async () => {
    await using visit = await startOnDuckdb()
    await useReports(visit, { files: 12, rowsPerFile: 300 })
    const expected = await undisturbed(visit.source)
    {
      await using up = new StandingProcess(visit, ['up', '--every', '1s', '--jobs', '2'])
      await until('some files are loaded', async () => {
        if (!existsSync(join(visit.home, 'ledger.db'))) return false
        await using ledger = await openLedger(ledgerOf(visit))
        return (await listItems(ledger, { states: ['ready', 'ready_with_rejects'] })).length >= 2
      })
      await up.kill()
    }
    await using again = new StandingProcess(visit, ['up', '--every', '1s', '--jobs', '2'])
    await until('all are loaded', () => allSettled(ledgerOf(visit), 12), { withinMs: 60_000 })
    const ended = await again.stop()
    expect(ended.code, ended.stderr).toBe(0)
    expect(await readTables(visit.destination)).toEqual(expected)
    await using ledger = await openLedger(ledgerOf(visit))
    expect((await seatUsage(ledger)).filter(({ held }) => held > 0)).toEqual([])
  })
})

describeNeeding('mariadb', 'postgres')('several processes on one PostgreSQL ledger', () => {
  test(
    'a worker that is killed is noticed, its files are loaded by others, and connections never exceed the limit',
    { timeout: 180_000 },
    async () => {
      const database = await sharedPostgres().createDatabase()
      await using visit = await startOnMariadb({ project: strict })
      visit.env['PRUEBA_LIMITES'] = JSON.stringify({ connections: { destination: 2 } })
      await useReports(visit, { files: 16, rowsPerFile: 200 })
      const expected = await undisturbed(visit.source)
      const ledger = ['--ledger', database.url]
      const counting = new AbortController()
      const counts = countConnections(visit.destination, counting.signal)
      {
        await using dispatcher = new StandingProcess(visit, ['dispatcher', '--every', '2s', ...ledger])
        await using one = new StandingProcess(visit, ['worker', '--jobs', '2', ...ledger])
        await using other = new StandingProcess(visit, ['worker', '--jobs', '2', ...ledger])
        await until(
          'some files are loaded',
          async () => {
            await using open = await openLedger(database.url)
            return (await listItems(open, { states: ['ready', 'ready_with_rejects'] })).length >= 3
          },
          { withinMs: 60_000, everyMs: 200 },
        )
        await one.kill()
        await until('all are loaded', () => allSettled(database.url, 16), { withinMs: 90_000, everyMs: 500 })
        for (const process of [dispatcher, other]) {
          const ended = await process.stop()
          expect(ended.code, ended.stderr).toBe(0)
        }
      }
      counting.abort()
      expect(Math.max(...(await counts))).toBeLessThanOrEqual(2)
      expect(Math.max(...(await counts))).toBeGreaterThan(0)
      expect(await readTables(visit.destination)).toEqual(expected)
      {
        await using open = await openLedger(database.url)
        expect((await seatUsage(open)).filter(({ held }) => held > 0)).toEqual([])
        const workers = await listWorkers(open, { nowMs: systemClock.now() })
        expect(workers.map(({ state }) => state).toSorted()).toEqual(
          expect.arrayContaining(['ended', 'ended']),
        )
      }
      expect(visit.leftovers().filter((path) => !path.includes('spool/worker-'))).toEqual([])
      await database.drop()
    },
  )
})

/** How many connections the visits' database has, looked at again and again until the signal aborts. */
async function countConnections(destination: string, signal: AbortSignal): Promise<readonly number[]> {
  const server = sharedSql('mariadb')
  const name = new URL(destination).pathname.slice(1)
  const counts: number[] = [0]
  while (!signal.aborted) {
    const rows = await server.query('SELECT count(*) AS n FROM information_schema.processlist WHERE db = ?', [
      name,
    ])
    counts.push(Number(rows[0]?.['n']))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return counts
}
