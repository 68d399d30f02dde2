import { appendFileSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { expect, test } from 'vitest'
import { describeNeeding } from '../servers/shared-servers.ts'
import type { VisitsRun } from '../visits/visits-run.ts'
import { readTables } from '../visits/visits-tables.ts'
import { ledgerItems } from './ledger-items.ts'
import { onEachDestination, startOnDuckdb, startOnMariadb, type StartVisit } from './on-each-destination.ts'
import { until } from './until.ts'

const REPORT = 'report_1.txt'

/** A visit of one report, loaded by an attempt that died after its COMMIT: the ledger knows nothing of it. */
async function lostAfterCommit(start: StartVisit): Promise<VisitsRun> {
  const visit = await start()
  for (const name of readdirSync(visit.source)) if (name !== REPORT) rmSync(join(visit.source, name))
  const { signal } = await visit.run({ CAUCE_FAIL_AT: 'worker:before-settle' })
  expect(signal).toBe('SIGKILL')
  expect(ledgerItems(visit)).toMatchObject([{ state: 'loading', loaded: 0 }])
  return visit
}

onEachDestination('a load that was committed by an attempt that was lost', (start) => {
  test('is found when the file is another by now: its item is ready with its rows, not superseded', async () => {
    await using visit = await lostAfterCommit(start)
    const { estadisticas } = await readTables(visit.destination)
    expect(estadisticas.length).toBeGreaterThan(0)
    const path = join(visit.source, REPORT)
    appendFileSync(path, '\n')
    utimesSync(path, 1_000_000_001, 1_000_000_001)
    await visit.run()
    const [first, second] = ledgerItems(visit)
    expect(first?.state).toMatch(/^ready/)
    expect(first?.loaded).toBe(estadisticas.length)
    // The visits refuse another version of what is loaded.
    expect(second?.state).toBe('refused')
    expect((await readTables(visit.destination)).estadisticas).toEqual(estadisticas)
  })
})

describeNeeding()('a load that was lost and not committed', () => {
  test('leaves its item superseded when the file is another by now, and the other is loaded', async () => {
    await using visit = await lostAfterCommit(startOnDuckdb)
    // As if the transaction had been rolled back.
    rmSync(visit.destination.replace('duckdb:', ''))
    const path = join(visit.source, REPORT)
    appendFileSync(path, '\n')
    utimesSync(path, 1_000_000_001, 1_000_000_001)
    await visit.run()
    const [first, second] = ledgerItems(visit)
    expect(first).toMatchObject({ state: 'superseded', loaded: 0 })
    expect(second?.state).toMatch(/^ready/)
  })
})

describeNeeding('mariadb')('a cancel while an item is tried again', () => {
  test('asks the destination first: what an attempt that was lost had committed is ready, not cancelled', async () => {
    await using visit = await lostAfterCommit(startOnMariadb)
    const { estadisticas } = await readTables(visit.destination)
    // The second attempt waits here for the guard's row; it can be read, but not written, until it is over.
    const holder = await mysql.createConnection(visit.destination)
    await holder.query('START TRANSACTION')
    await holder.query('SELECT * FROM cauce_loads FOR UPDATE')
    const second = visit.start(['run'])
    await until('it is tried again', () => {
      const [item] = ledgerItems(visit)
      return item?.attempts === 2 && item.state === 'loading'
    })
    const { stdout } = await visit.cauce(['cancel', 'visitas', REPORT])
    expect(stdout).toContain('in work')
    await second.ended
    await holder.end()
    expect(ledgerItems(visit)).toMatchObject([{ loaded: estadisticas.length }])
    expect(ledgerItems(visit)[0]?.state).toMatch(/^ready/)
  })
})
