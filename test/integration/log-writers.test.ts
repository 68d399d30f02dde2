import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../packages/cauce/src/model/clock.ts'
import { openLogs } from '../../packages/cauce/src/logs/open-logs.ts'
import { describeNeeding } from '../servers/shared-servers.ts'
import { mountTmpfs } from '../servers/tmpfs.ts'

type Line = Readonly<Record<string, unknown>>

/** Every line of every log, by file; each must be whole. */
async function allLines(logs: string): Promise<ReadonlyMap<string, readonly Line[]>> {
  const found = new Map<string, readonly Line[]>()
  for (const day of await readdir(logs))
    for (const name of await readdir(join(logs, day))) {
      const text = await readFile(join(logs, day, name), 'utf8')
      const lines = text.split('\n').slice(0, -1)
      found.set(
        name,
        lines.map((line) => JSON.parse(line) as Line),
      )
    }
  return found
}

test('several processes write into the same logs at once: every line is whole, none is missing, each writer’s are in order', async () => {
  const logs = await mkdtemp(join(tmpdir(), 'cauce-logs-'))
  onTestFinished(async () => rm(logs, { recursive: true, force: true }))
  const writers = ['a', 'b', 'c', 'd']
  const count = 1_500
  const main = fileURLToPath(new URL('./log-writer-main.ts', import.meta.url))
  await Promise.all(
    writers.map(async (name) => {
      const child = fork(main, [logs, name, String(count)], { execArgv: ['--conditions=cauce-source'] })
      expect(await once(child, 'exit')).toEqual([0, null])
    }),
  )
  const found = await allLines(logs)
  // The item may have a second file: of two who come at the same moment one has the plain name.
  expect(
    [...found.keys()].filter((name) => !/^(orchestrator_\d{8}|shared(_[0-9a-f]{12})?)\.log$/.test(name)),
  ).toEqual([])
  for (const isOrchestrator of [true, false]) {
    const lines = [...found]
      .filter(([name]) => name.startsWith('orchestrator') === isOrchestrator)
      .flatMap(([, of]) => of)
      .filter(({ event }) => event === 'note')
    expect(lines).toHaveLength(writers.length * count)
    for (const writer of writers)
      expect(lines.filter((line) => line['writer'] === writer).map(({ number }) => number)).toEqual(
        Array.from({ length: count }, (_, number) => number),
      )
  }
})

describeNeeding('tmpfs')('a disk without room for logs', () => {
  test('is told of once, keeps nobody waiting, and takes lines again when there is room, saying how many are missing', async () => {
    await using disk = await mountTmpfs(2)
    const troubles: string[] = []
    const logs = openLogs({
      home: { logs: join(disk.path, 'logs') },
      clock: systemClock,
      secrets: [],
      timezoneOf: () => 'UTC',
      onTrouble: (sentence) => troubles.push(sentence),
    })
    logs.orchestrator.write('note', { text: 'before' })
    await logs.close()
    const { bavail, bsize } = await statfs(disk.path)
    const filler = join(disk.path, 'filler')
    await writeFile(filler, Buffer.alloc(bavail * bsize - 20_000))
    const written = 200
    for (let number = 0; number < written; number++) {
      logs.orchestrator.write('note', { text: 'x'.repeat(900), number })
      if (number % 10 === 9) await logs.close()
    }
    expect(troubles).toHaveLength(1)
    expect(troubles[0]).toContain('ENOSPC')
    await rm(filler)
    logs.orchestrator.write('note', { text: 'after' })
    await logs.close()
    const [day = ''] = await readdir(join(disk.path, 'logs'))
    const [name = ''] = await readdir(join(disk.path, 'logs', day))
    const text = await readFile(join(disk.path, 'logs', day, name), 'utf8')
    const lines = text.split('\n').flatMap((line): readonly Line[] => {
      try {
        return [JSON.parse(line) as Line]
      } catch {
        return []
      }
    })
    expect(lines.at(-1)).toMatchObject({ text: 'after' })
    const kept = lines.filter(({ number }) => number !== undefined).length
    const lost = lines
      .filter(({ event }) => event === 'lines-lost')
      .reduce((sum, { count }) => sum + Number(count), 0)
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(written)
    // A batch whose beginning was written counts as lost altogether.
    expect(kept + lost).toBeGreaterThanOrEqual(written)
    expect(kept + lost).toBeLessThan(written + 10)
  })
})
