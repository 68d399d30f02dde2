import { afterAll, beforeAll, expect, test } from 'vitest'
import { mended, Mending, recordOf, REJECTED } from '../replay/mending.ts'
import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import type { VisitsTables } from '../visits/visits-tables.ts'

/** Where a replay's load can die, and where the ledger has yet to hear of it. */
const PLACES = [
  'transform:after',
  'load:before-guard',
  'load:after-guard',
  'load:after-tables',
  'load:before-commit',
  'load:after-commit',
  'worker:before-settle',
  'worker:after-settle',
] as const

describeNeeding()('kill -9 of a replay, into DuckDB', () => {
  faults(async () => undefined)
})

describeNeeding('mariadb')('kill -9 of a replay, into MariaDB', () => {
  faults(async () => (await sharedSql('mariadb').createDatabase()).url)
})

function faults(freshDestination: () => Promise<string | undefined>): void {
  let undisturbed: VisitsTables

  beforeAll(async () => {
    await using mending = await Mending.start(await freshDestination())
    const rows = await mending.export('r.csv')
    await mending.replay([...rows.slice(0, 20).map(mended), ...rows.slice(20)])
    undisturbed = await mending.tables()
  })

  test.each(PLACES.map((place, i) => [place, i % 2 === 0 ? 'a plain run' : 'the same replay'] as const))(
    'at %s, then %s: every mended row once, and the ledger knows which',
    async (place, then) => {
      await using mending = await Mending.start(await freshDestination())
      const exported = await mending.export('r.csv')
      const rows = [...exported.slice(0, 20).map(mended), ...exported.slice(20)]
      const broken = await mending.replay(rows, {}, { VISITAS_INTENTOS: '1', CAUCE_FAIL_AT: place })
      expect(place.startsWith('worker:') ? broken.signal : broken.code).toBe(
        place.startsWith('worker:') ? 'SIGKILL' : 75,
      )
      const calm = then === 'a plain run' ? await mending.visit.run() : await mending.replay(rows)
      expect(calm.code, calm.stderr).toBe(0)
      expect(await mending.tables()).toEqual(undisturbed)
      expect(await mending.replayed()).toBe(20)
      expect((await mending.export('left.csv')).map(recordOf)).toEqual(exported.slice(20).map(recordOf))
      const again = await mending.replay(exported.map(mended))
      expect(again.document?.runs[0]?.totals).toMatchObject({ read: REJECTED, loaded: 9, skipped: 20 })
      expect(mending.visit.leftovers()).toEqual([])
    },
  )

  afterAll(() => {
    expect(undisturbed.visitantes.length).toBeGreaterThan(0)
  })
}
