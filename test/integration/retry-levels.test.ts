import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { ledgerItems } from '../faults/ledger-items.ts'
import { startOnMariadb } from '../faults/on-each-destination.ts'
import { until } from '../faults/until.ts'
import { freePort } from '../servers/free-port.ts'
import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import { startTcpProxy } from '../servers/tcp-proxy.ts'
import { StandingProcess } from '../stand/standing-visits.ts'
import { readTables } from '../visits/visits-tables.ts'
import type { VisitsRun } from '../visits/visits-run.ts'

/** One statement in a visit's ledger, as time or a person would change it. */
function changeLedger({ home }: VisitsRun, sql: string): void {
  const database = new DatabaseSync(join(home, 'ledger.db'), { timeout: 10_000 })
  try {
    database.exec(sql)
  } finally {
    database.close()
  }
}

function quarantined({ home }: VisitsRun): readonly string[] {
  const folder = join(home, 'quarantine')
  return existsSync(folder) ? readdirSync(folder) : []
}

/** Whether the visit has its four files, all in a state (loaded with rejects is loaded) after so many tries. */
function areAll(visit: VisitsRun, state: string, attempts: number): boolean {
  const items = ledgerItems(visit)
  return (
    items.length === 4 && items.every((item) => item.state.startsWith(state) && item.attempts === attempts)
  )
}

describeNeeding('mariadb')('a database that stays away', () => {
  test(
    'costs a file three tries, then it is put aside, and on the next day it is tried again by itself',
    { timeout: 180_000 },
    async () => {
      await using visit = await startOnMariadb()
      const there = visit.destination
      await using proxy = await startTcpProxy(sharedSql('mariadb'))
      visit.destination = `${proxy.urlFor(there)}?timeout=2`
      await proxy.refuse()
      await using up = new StandingProcess(visit, ['up', '--every', '1s', '--port', String(await freePort())])
      await until('every file has used up its tries', () => areAll(visit, 'failed_system', 3), {
        withinMs: 60_000,
      })
      await until('all are in quarantine', () => quarantined(visit).length === 4)

      // The database is back; but today nothing happens: a firing by the clock leaves what was put aside today.
      await proxy.heal()
      await new Promise((resolve) => setTimeout(resolve, 4_000))
      expect(areAll(visit, 'failed_system', 3)).toBe(true)

      // Tomorrow.
      changeLedger(visit, 'UPDATE item SET due_ms = 0')
      await until('all are loaded', () => areAll(visit, 'ready', 4), { withinMs: 60_000 })
      const ended = await up.stop()
      expect(ended.code, ended.stderr).toBe(0)
      expect((await readTables(there)).bitacora).toHaveLength(4)
      expect(quarantined(visit)).toEqual([])
    },
  )
})
