import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { RunDocument, VisitsRun } from '../visits/visits-run.ts'
import { readTables, type VisitsTables } from '../visits/visits-tables.ts'
import { expectCalm } from './expect-calm.ts'
import { ledgerItems } from './ledger-items.ts'
import { onEachDestination, type StartVisit } from './on-each-destination.ts'
import { processesOf } from './processes-of.ts'
import { until } from './until.ts'
import { useReports } from './use-reports.ts'

const FILES = 40

async function manyFiles(start: StartVisit): Promise<VisitsRun> {
  const visit = await start()
  await useReports(visit, { files: FILES, rowsPerFile: 40 })
  return visit
}

onEachDestination('several runs on one folder at once', (start) => {
  let undisturbed: VisitsTables

  beforeAll(async () => {
    await using visit = await manyFiles(start)
    const run = await visit.run()
    expect(run.code, run.stderr).toBe(0)
    undisturbed = await readTables(visit.destination)
  })

  /** Every file is done, and its rows are in the tables once. */
  async function expectAllOnce(visit: VisitsRun): Promise<void> {
    expect(new Set(ledgerItems(visit).map(({ state }) => state))).toEqual(
      new Set(['ready', 'ready_with_rejects']),
    )
    expect(ledgerItems(visit)).toHaveLength(FILES)
    expect(await readTables(visit.destination)).toEqual(undisturbed)
    await expectCalm(visit)
  }

  test.each([2, 4])(
    '%i with one ledger: each ends with 0, and every file is loaded once, by one of them',
    async (count) => {
      await using visit = await manyFiles(start)
      const ends = await Promise.all(Array.from({ length: count }, async () => visit.run()))
      expect(ends.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(ends.map(() => '0 '))
      expect(sum(ends.map(({ document }) => document))).toBe(FILES)
      expect(ledgerItems(visit).filter(({ attempts }) => attempts !== 1)).toEqual([])
      await expectAllOnce(visit)
    },
  )

  test('2 with ledgers of their own: the destination itself lets every file in once, and both end with 0', async () => {
    await using visit = await manyFiles(start)
    const ends = await Promise.all([visit.run(), visit.run({ CAUCE_HOME: join(visit.folder, 'other-home') })])
    expect(ends.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(['0 ', '0 '])
    await expectAllOnce(visit)
  })

  test('2, one killed in the middle: the other takes its files over and ends with 0, and every file is loaded once', async () => {
    await using visit = await manyFiles(start)
    const [doomed, other] = [
      visit.start(['run', 'visitas', '--json']),
      visit.start(['run', 'visitas', '--json']),
    ]
    await until(
      'some files are done',
      () => ledgerItems(visit).filter(({ state }) => state.startsWith('ready')).length > 3,
    )
    doomed.child.kill('SIGKILL')
    expect((await doomed.ended).signal).toBe('SIGKILL')
    const ended = await other.ended
    expect(ended.code, ended.stderr).toBe(0)
    await until('no process is left', () => processesOf(visit).length === 0)
    // The other may have found nothing more to do before the kill was noticed; a plain rerun settles it.
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    await expectAllOnce(visit)
  })

  test('2 with files that fail every time: they do not hand them to each other for ever', async () => {
    await using visit = await start()
    // No folder can be made below a file, so no backup either.
    const noBackup = { VISITAS_RESPALDO: join(visit.source, 'report_1.txt', 'backup') }
    const ends = await Promise.all([visit.run(noBackup), visit.run(noBackup)])
    for (const { code, stderr } of ends) expect([0, 75], stderr).toContain(code)
    expect(ledgerItems(visit).map(({ state }) => state)).toEqual(
      ledgerItems(visit).map(() => 'failed_system'),
    )
    // One round of three tries by each at most: who began later may try again what the other put aside before.
    for (const { attempts } of ledgerItems(visit)) expect(attempts).toBeLessThanOrEqual(6)
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    await expectCalm(visit)
  })
})

/** Items over all documents. */
function sum(documents: readonly (RunDocument | undefined)[]): number {
  return documents.reduce((total, document) => total + (document?.runs[0]?.totals.items ?? 0), 0)
}
