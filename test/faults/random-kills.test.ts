import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { Chance } from '../../examples/visitas/generator/chance.ts'
import type { VisitsRun } from '../visits/visits-run.ts'
import { readTables, type VisitsTables } from '../visits/visits-tables.ts'
import { expectCalm } from './expect-calm.ts'
import { ledgerItems } from './ledger-items.ts'
import { onEveryDestination, type StartVisit } from './on-each-destination.ts'
import { performersOf, processesOf } from './processes-of.ts'
import { until } from './until.ts'
import { useReports } from './use-reports.ts'

const FILES = 24
/** Kills in a row on one set of files, and sets: twenty kills of each kind, half of them into each destination. */
const KILLS = 5
const SEEDS = [11, 12]
/** A kill falls within this time of the moment the run began to work. */
const LATEST_MS = 400

async function manyFiles(start: StartVisit): Promise<VisitsRun> {
  const visit = await start()
  await useReports(visit, { files: FILES, rowsPerFile: 40 })
  return visit
}

onEveryDestination('kill -9 at any time', (start) => {
  let undisturbed: VisitsTables

  beforeAll(async () => {
    await using visit = await manyFiles(start)
    const run = await visit.run()
    expect(run.code, run.stderr).toBe(0)
    undisturbed = await readTables(visit.destination)
  })

  /** Runs the visit and kills one of its processes at a time that chance says. */
  async function killOnce(visit: VisitsRun, victim: 'worker' | 'performer', chance: Chance): Promise<void> {
    const running = visit.start(['run', 'visitas', '--json'])
    const { child } = running
    const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null
    await until('there is somebody to kill', () => isOver() || performersOf(child.pid).length > 0)
    await pause(chance.below(LATEST_MS))
    const performers = performersOf(child.pid)
    const doomed = victim === 'worker' ? child.pid : performers[chance.below(performers.length || 1)]
    try {
      if (!isOver() && doomed !== undefined) process.kill(doomed, 'SIGKILL')
    } catch {
      // It was quicker.
    }
    const { code, signal, stderr } = await running.ended
    expect([0, 75, 'SIGKILL'], stderr).toContain(signal ?? code)
    await until('no process is left', () => processesOf(visit).length === 0, { withinMs: 5_000 })
  }

  test.each(SEEDS.flatMap((seed) => [['worker', seed] as const, ['performer', seed] as const]))(
    `of a %s, ${KILLS} times in a row (chance %i), then a plain rerun: tables equal to an undisturbed run`,
    async (victim, seed) => {
      await using visit = await manyFiles(start)
      const chance = new Chance(seed)
      for (let kill = 1; kill <= KILLS; kill++) await killOnce(visit, victim, chance)
      const calm = await visit.run()
      expect(calm.code, calm.stderr).toBe(0)
      expect(ledgerItems(visit).map(({ state }) => state.replace('_with_rejects', ''))).toEqual(
        Array.from({ length: FILES }, () => 'ready'),
      )
      expect(await readTables(visit.destination)).toEqual(undisturbed)
      await expectCalm(visit)
    },
  )
})
