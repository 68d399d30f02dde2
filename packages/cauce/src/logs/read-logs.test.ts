import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../model/clock.ts'
import { dayFolder, orchestratorLog } from './log-places.ts'
import { followLogLines, lastLogLines } from './read-logs.ts'

async function logsFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-logs-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true }))
  return folder
}

const line = (text: string, fields: Readonly<Record<string, unknown>> = {}, second = 0): string =>
  `${JSON.stringify({
    level: 'info',
    time: new Date(Date.UTC(2026, 10, 24, 8, 0, second)).toISOString(),
    worker: 'h:1',
    event: 'note',
    ...fields,
    text,
    msg: text,
  })}\n`

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await appendFile(path, text)
}

const texts = (records: readonly { readonly msg: string }[]): readonly string[] =>
  records.map(({ msg }) => msg)

test("the orchestrator's newest day is told, or the day asked for; torn lines are passed over", async () => {
  const logs = await logsFolder()
  await write(orchestratorLog(logs, '2026-11-23'), line('old'))
  await write(orchestratorLog(logs, '2026-11-24'), `${line('one')}{"level":"in\n\n${line('two')}`)
  expect(texts(await lastLogLines({ logs }, 10))).toEqual(['one', 'two'])
  expect(texts(await lastLogLines({ logs }, 1))).toEqual(['two'])
  expect(texts(await lastLogLines({ logs, day: '2026-11-23' }, 10))).toEqual(['old'])
  expect(await lastLogLines({ logs, day: '2026-11-22' }, 10)).toEqual([])
  expect(await lastLogLines({ logs: join(logs, 'nowhere') }, 10)).toEqual([])
})

test('an item is told from all its days and files in order of time, without the lines of its namesakes', async () => {
  const logs = await logsFolder()
  const item = { pipeline: 'p', key: 'a.txt', id: 7 }
  await write(
    join(dayFolder(logs, '2026-11-24'), 'a.log'),
    line('mine, later', { item: 7 }, 3) + line('other', { item: 8 }),
  )
  await write(join(dayFolder(logs, '2026-11-23'), 'a.log'), line('mine', { item: 7 }, 1))
  expect(texts(await lastLogLines({ logs, item }, 10))).toEqual(['mine', 'mine, later'])
  expect(texts(await lastLogLines({ logs, item, day: '2026-11-24' }, 10))).toEqual(['mine, later'])
  const accepts = (): boolean => false
  expect(await lastLogLines({ logs, item, accepts }, 10)).toEqual([])
})

test('a day of many lines is told by its last ones', async () => {
  const logs = await logsFolder()
  await write(
    orchestratorLog(logs, '2026-11-24'),
    Array.from({ length: 20_000 }, (_, index) => line(String(index))).join(''),
  )
  expect(texts(await lastLogLines({ logs }, 3))).toEqual(['19997', '19998', '19999'])
})

test('following tells what is there, what is added, and the next day; half a line waits for its other half', async () => {
  const logs = await logsFolder()
  const path = orchestratorLog(logs, '2026-11-24')
  const many = Array.from({ length: 30_000 }, (_, index) => line(String(index))).join('')
  await write(path, many + line('one'))
  const stop = new AbortController()
  const seen: string[] = []
  const until = async (text: string): Promise<void> => {
    while (seen.at(-1) !== text) await systemClock.sleep(20)
  }
  const following = (async () => {
    for await (const { msg } of followLogLines(
      { logs },
      { most: 2, clock: systemClock, signal: stop.signal },
    ))
      seen.push(msg)
  })()
  await until('one')
  const half = line('two')
  await appendFile(path, half.slice(0, 30))
  await systemClock.sleep(700)
  expect(seen).toEqual(['29999', 'one'])
  await appendFile(path, half.slice(30))
  await until('two')
  await write(orchestratorLog(logs, '2026-11-25'), line('three'))
  await until('three')
  await truncate(orchestratorLog(logs, '2026-11-25'))
  await systemClock.sleep(700)
  await writeFile(orchestratorLog(logs, '2026-11-25'), line('4'))
  await until('4')
  stop.abort()
  await following
  expect(seen).toEqual(['29999', 'one', 'two', 'three', '4'])
})
