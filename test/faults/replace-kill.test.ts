import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { overwrite, REPORT, replacingVisits, restore } from '../replace/replace-visits.ts'
import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import type { VisitsRun } from '../visits/visits-run.ts'
import { readTables, type VisitsTables } from '../visits/visits-tables.ts'

/** Where the load of a version that takes another's place can die, and where the ledger has yet to hear of it. */
const PLACES = [
  'load:before-guard',
  'load:after-guard',
  'load:after-removal',
  'load:after-remerge',
  'load:after-tables',
  'load:before-commit',
  'load:after-commit',
  'worker:before-settle',
  'worker:after-settle',
] as const

describeNeeding()('kill -9 of a load that takes the place of another, into DuckDB', () => {
  faults(async () => undefined)
})

describeNeeding('mariadb')('kill -9 of a load that takes the place of another, into MariaDB', () => {
  faults(async () => (await sharedSql('mariadb').createDatabase()).url)
})

function faults(freshDestination: () => Promise<string | undefined>): void {
  let undisturbed: VisitsTables
  let reverted: VisitsTables

  /** After a run on the samples. */
  const loaded = async (): Promise<VisitsRun> => {
    const visit = replacingVisits(await freshDestination())
    cpSync(join(visit.source, REPORT), join(visit.folder, REPORT))
    const { code, stderr } = await visit.run()
    expect(code, stderr).toBe(0)
    return visit
  }

  beforeAll(async () => {
    await using visit = await loaded()
    const before = await readTables(visit.destination)
    overwrite(visit)
    expect((await visit.run()).code).toBe(0)
    undisturbed = await readTables(visit.destination)
    restore(visit, join(visit.folder, REPORT))
    expect((await visit.run()).code).toBe(0)
    reverted = await readTables(visit.destination)
    const { bitacora, ...tables } = reverted
    // What comes back is what was there before, but for what the report tells of the version in between.
    expect(tables).toEqual({ ...before, bitacora: undefined })
    expect(bitacora).toHaveLength(before.bitacora.length + 1)
    expect(undisturbed.visitantes).not.toEqual(before.visitantes)
  })

  test.each(PLACES)('at %s, then a plain run: one version alone is in the tables', async (place) => {
    await using visit = await loaded()
    overwrite(visit)
    await expectKilled(visit, place)
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    expect(await readTables(visit.destination)).toEqual(undisturbed)
    restore(visit, join(visit.folder, REPORT))
    await expectKilled(visit, place)
    expect((await visit.run()).code).toBe(0)
    expect(await readTables(visit.destination)).toEqual(reverted)
    expect(visit.leftovers()).toEqual([])
  })

  test('at any of them, while yet another version comes: the last one alone is in the tables', async () => {
    await using visit = await loaded()
    overwrite(visit)
    await expectKilled(visit, 'load:after-remerge')
    restore(visit, join(visit.folder, REPORT))
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    const { bitacora: _told, ...tables } = await readTables(visit.destination)
    const { bitacora: _reverted, ...expected } = reverted
    expect(tables).toEqual(expected)
  })

  afterAll(() => {
    expect(undisturbed.visitantes.length).toBeGreaterThan(0)
  })
}

/**
 * A run whose performers are killed, one try after the other, or that is killed itself. What was committed is found by the next try
 * of the same run, which then ends well.
 */
async function expectKilled(visit: VisitsRun, place: string): Promise<void> {
  const broken = await visit.run({ CAUCE_FAIL_AT: place })
  const survives = place === 'load:after-commit' ? 0 : 75
  expect(broken.signal ?? broken.code, broken.stderr).toBe(place.startsWith('worker:') ? 'SIGKILL' : survives)
}
