import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import { startTcpProxy } from '../servers/tcp-proxy.ts'
import { VisitsRun } from '../visits/visits-run.ts'
import { readTables, type VisitsTables } from '../visits/visits-tables.ts'
import { expectCalm } from './expect-calm.ts'
import { ledgerItems } from './ledger-items.ts'
import { onEachDestination, sound, type StartVisit } from './on-each-destination.ts'
import { performersOf, processesOf } from './processes-of.ts'
import { until } from './until.ts'
import { useReports } from './use-reports.ts'

const strict = fileURLToPath(new URL('../visits/projects/strict', import.meta.url))

const FILES = 24

async function manyFiles(start: StartVisit): Promise<VisitsRun> {
  const visit = await start({ project: strict })
  await useReports(visit, { files: FILES, rowsPerFile: 40 })
  return visit
}

/** Resolves when a run has done some of its files, and most are still to do. */
async function inTheMiddle(visit: VisitsRun): Promise<void> {
  await until(
    'some files are done',
    () => ledgerItems(visit).filter(({ state }) => state.startsWith('ready')).length > 2,
  )
}

onEachDestination('a run that is told to stop', (start) => {
  let undisturbed: VisitsTables

  beforeAll(async () => {
    await using visit = await manyFiles(start)
    const run = await visit.run()
    expect(run.code, run.stderr).toBe(0)
    undisturbed = await readTables(visit.destination)
  })

  async function expectRecovery(visit: VisitsRun): Promise<void> {
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    expect(ledgerItems(visit)).toHaveLength(FILES)
    expect(await readTables(visit.destination)).toEqual(undisturbed)
    await expectCalm(visit)
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s ends with %i, hands back what it had begun, and a rerun does the rest',
    async (signal, code) => {
      await using visit = await manyFiles(start)
      const running = visit.start(['run', 'visitas', '--json'])
      await inTheMiddle(visit)
      running.child.kill(signal)
      const ended = await running.ended
      expect(ended.code, ended.stderr).toBe(code)
      expect(JSON.parse(ended.stdout)).toMatchObject({ runs: [{ state: 'interrupted' }] })
      const items = ledgerItems(visit)
      const done = items.filter(({ state }) => state.startsWith('ready'))
      expect(done.length).toBeGreaterThan(2)
      expect(done.length).toBeLessThan(FILES)
      // What was not done is as if it had never been begun.
      const left = items.filter((item) => !done.includes(item))
      expect(new Set(left.map(({ state, attempts }) => `${state} ${attempts}`))).toEqual(
        new Set(['pending 0']),
      )
      await expectCalm(visit)
      await expectRecovery(visit)
    },
  )

  test('by Ctrl-C, which reaches its performers too, ends the same', async () => {
    await using visit = await manyFiles(start)
    const running = visit.start(['run', 'visitas', '--json'])
    await inTheMiddle(visit)
    for (const pid of [...performersOf(running.child.pid), running.child.pid ?? 0])
      process.kill(pid, 'SIGINT')
    const ended = await running.ended
    expect(ended.code, ended.stderr).toBe(130)
    await expectCalm(visit)
    await expectRecovery(visit)
  })

  test('before it has begun anything ends with 130 and leaves nothing behind', async () => {
    await using visit = await manyFiles(start)
    const running = visit.start(['run', 'visitas', '--json'])
    await until('the performer of the sweep is there', () => performersOf(running.child.pid).length > 0)
    running.child.kill('SIGINT')
    const ended = await running.ended
    expect(ended.code, ended.stderr).toBe(130)
    await expectRecovery(visit)
  })
})

describeNeeding('mariadb')('a run that cannot stop, its database being silent', () => {
  test('is ended at once by a second signal; nothing is half-loaded and no process is left', async () => {
    const { url } = await sharedSql('mariadb').createDatabase()
    await using proxy = await startTcpProxy(sharedSql('mariadb'))
    await using visit = await manyFiles(async (options) =>
      sound(new VisitsRun({ ...options, destination: proxy.urlFor(url) })),
    )
    const running = visit.start(['run', 'visitas', '--json'])
    await inTheMiddle(visit)
    proxy.blackHole()
    running.child.kill('SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 500))
    const secondMs = performance.now()
    running.child.kill('SIGTERM')
    const ended = await running.ended
    expect(ended.code, ended.stderr).toBe(143)
    expect(performance.now() - secondMs).toBeLessThan(3_000)
    await until('no process is left', () => processesOf(visit).length === 0, { withinMs: 5_000 })
    await proxy.heal()
    visit.destination = url
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    expect(calm.document?.runs[0]?.items.filter(({ state }) => !state.startsWith('ready'))).toEqual([])
    await expectCalm(visit)
  })

  test('is ended by one signal too, within the time a rollback may take', async () => {
    const { url } = await sharedSql('mariadb').createDatabase()
    await using proxy = await startTcpProxy(sharedSql('mariadb'))
    await using visit = await manyFiles(async (options) =>
      sound(new VisitsRun({ ...options, destination: proxy.urlFor(url) })),
    )
    const running = visit.start(['run', 'visitas', '--json'])
    await inTheMiddle(visit)
    proxy.blackHole()
    const signalledMs = performance.now()
    running.child.kill('SIGTERM')
    const ended = await running.ended
    expect(ended.code, ended.stderr).toBe(143)
    expect(performance.now() - signalledMs).toBeLessThan(25_000)
    await proxy.heal()
    visit.destination = url
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    await expectCalm(visit)
  })
})

test('a file that takes longer than it may is TIME_EXCEEDED and 75; a rerun loads it', async () => {
  await using visit = sound(new VisitsRun({ project: strict }))
  await useReports(visit, { files: FILES, rowsPerFile: 40 })
  const running = visit.start(['run', 'visitas', '--json', '--jobs', '1'], {
    PRUEBA_LIMITES: '{"itemTimeoutSeconds":3}',
    VISITAS_INTENTOS: '1',
  })
  await inTheMiddle(visit)
  // Somebody else writes to the file: whoever comes waits.
  const held = await until('the file is free', async () =>
    DuckDBInstance.create(join(visit.folder, 'visitas.duckdb')).catch(() => undefined),
  )
  await until('a file failed', () => ledgerItems(visit).some(({ state }) => state === 'failed_system'))
  held.closeSync()
  const broken = await running.ended
  expect(broken.code, broken.stderr).toBe(75)
  expect(broken.stderr).toMatch(/took longer than the 3 s allowed/)
  expect(
    ledgerItems(visit)
      .filter(({ state }) => state === 'failed_system')
      .map(({ errorCode }) => errorCode),
  ).toContain('TIME_EXCEEDED')
  const calm = await visit.run()
  expect(calm.code, calm.stderr).toBe(0)
  expect(ledgerItems(visit).filter(({ state }) => !state.startsWith('ready'))).toEqual([])
  await expectCalm(visit)
})

onEachDestination('too little memory', (start) => {
  test('is MEMORY_EXHAUSTED and 75; with enough of it a rerun loads everything', async () => {
    await using visit = await start({ project: strict })
    await useReports(visit, { files: 2, rowsPerFile: 30_000 })
    const broken = await visit.run({ PRUEBA_LIMITES: '{"memoryMb":12}' })
    expect(broken.code, broken.stderr).toBe(75)
    expect(broken.stderr).toMatch(/memory allowed to a performer was not enough.*Raise `limits.memoryMb`/s)
    expect(ledgerItems(visit).map(({ errorCode }) => errorCode)).toContain('MEMORY_EXHAUSTED')
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    expect(calm.document?.runs[0]?.totals).toMatchObject({ items: 2, read: 60_000 })
    await expectCalm(visit)
  })
})
