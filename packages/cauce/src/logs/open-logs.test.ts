import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import { type Logs, openLogs, type OpenLogsRequest } from './open-logs.ts'

const at = Date.parse('2026-11-25T05:30:00.000Z')
const clock: Clock = { now: () => at, sleep: async () => undefined }

async function scene(request: Partial<OpenLogsRequest> = {}): Promise<{ logs: Logs; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-logs-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true }))
  const logs = openLogs({
    home: { logs: join(folder, 'logs') },
    clock,
    secrets: [],
    timezoneOf: () => 'America/Mexico_City',
    ...request,
  })
  return { logs, folder: join(folder, 'logs') }
}

async function linesOf(path: string): Promise<readonly Record<string, unknown>[]> {
  const text = await readFile(path, 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const item = { pipeline: 'visitas', key: 'report_001.txt', id: 7 }

describe('a line', () => {
  test('tells when, who, what and of which item, and lies in the folder of the business day', async () => {
    const { logs, folder } = await scene()
    logs.orchestrator.write('discovered', { pipeline: 'visitas', listed: 12, fresh: 3 })
    logs.item(item, '2026-11-24').write('stage-ended', { stage: 'load', tookMs: 1234 })
    await logs.close()
    // Half past five in UTC is the evening before in Mexico.
    expect(await readdir(folder)).toEqual(['20261124'])
    expect(await linesOf(join(folder, '20261124/orchestrator_20261124.log'))).toEqual([
      {
        level: 'info',
        time: '2026-11-25T05:30:00.000Z',
        worker: expect.stringMatching(/:\d+$/),
        event: 'discovered',
        pipeline: 'visitas',
        listed: 12,
        fresh: 3,
        msg: '12 listed, 3 new',
      },
    ])
    const [head, line] = await linesOf(join(folder, '20261124/report_001.log'))
    expect(head).toMatchObject({ event: 'log-started', ...withoutId, item: 7 })
    expect(line).toMatchObject({
      event: 'stage-ended',
      ...withoutId,
      item: 7,
      tookMs: 1234,
      msg: 'load took 1.2 s',
    })
  })

  test('below the level asked for is not written', async () => {
    const { logs, folder } = await scene({ level: 'warn' })
    logs.orchestrator.write('discovered', { listed: 1, fresh: 1 })
    logs.orchestrator.write('warning', { text: 'here' })
    await logs.close()
    const lines = await linesOf(join(folder, '20261124/orchestrator_20261124.log'))
    expect(lines.map(({ event }) => event)).toEqual(['warning'])
  })

  test('of an item goes to the same file whatever the level of whoever writes it', async () => {
    const { logs, folder } = await scene({ level: 'error' })
    logs.item(item, '2026-11-24').write('failure', { text: 'here' })
    await logs.close()
    const others = openLogs({ home: { logs: folder }, clock, secrets: [] })
    others.item(item, '2026-11-24').write('item-started', { attempt: 2 })
    await others.close()
    expect(await readdir(join(folder, '20261124'))).toEqual(['report_001.log'])
    const lines = await linesOf(join(folder, '20261124/report_001.log'))
    expect(lines.map(({ event }) => event)).toEqual(['log-started', 'failure', 'item-started'])
  })

  test('of an error tells its code, its class and its remedy in the language asked for', async () => {
    const { logs, folder } = await scene({ language: 'es' })
    const error = new CauceError('SOURCE_UNREACHABLE', { url: 'sftp://h', detail: 'nobody' })
    logs.orchestrator.write('run-failed', { pipeline: 'visitas', error })
    await logs.close()
    const [line] = await linesOf(join(folder, '20261124/orchestrator_20261124.log'))
    expect(line).toMatchObject({
      level: 'error',
      msg: 'la ejecución se interrumpió',
      error: {
        code: 'SOURCE_UNREACHABLE',
        class: 'system',
        message: 'No se pudo llegar al origen sftp://h: nobody. Revise servidor, puerto y red.',
        details: { url: 'sftp://h', detail: 'nobody' },
      },
    })
    expect(line?.['error']).not.toHaveProperty('stack')
  })

  test('takes whatever it is given', async () => {
    const { logs, folder } = await scene()
    const circular: Record<string, unknown> = { deep: new Map([['a', new Set([1n, Number.NaN])]]) }
    circular['self'] = circular
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
      },
    )
    logs.orchestrator.write('note', {
      text: 'x'.repeat(100_000),
      circular,
      trap,
      bytes: Buffer.from('hidden'),
      when: new Date(Number.NaN),
      many: Array.from({ length: 200 }, (_, index) => index),
      level: 'error',
      msg: 'not mine',
    })
    await logs.close()
    const [line] = await linesOf(join(folder, '20261124/orchestrator_20261124.log'))
    expect(line).toMatchObject({
      level: 'info',
      circular: { deep: { a: ['1', 'NaN'] }, self: '[circular]' },
      trap: '[unreadable]',
      bytes: '[6 bytes]',
      when: 'Invalid Date',
    })
    expect(String(line?.['text'])).toHaveLength(4_001)
    expect(line?.['many']).toHaveLength(101)
  })
})

const { id: _id, ...withoutId } = item

test('the mirror is given the lines of the orchestrator, as they lie in the file', async () => {
  const seen: string[] = []
  const { logs, folder } = await scene({ mirror: (line) => seen.push(line) })
  logs.orchestrator.write('note', { text: 'one' })
  logs.item(item, '2026-11-24').write('item-started', { attempt: 1 })
  logs.orchestrator.write('note', { text: 'two' })
  await logs.close()
  expect(seen.join('')).toBe(await readFile(join(folder, '20261124/orchestrator_20261124.log'), 'utf8'))
})

test('a new day begins new files', async () => {
  let nowMs = at
  const { logs, folder } = await scene({ clock: { ...clock, now: () => nowMs } })
  for (let day = 0; day < 5; day++, nowMs += 86_400_000) logs.orchestrator.write('note', { text: 'x' })
  await logs.close()
  expect((await readdir(folder)).length).toBe(5)
})

describe('logs that cannot be written', () => {
  test('are told of once, in the language asked for, and keep nobody from working', async () => {
    const troubles: string[] = []
    const { logs, folder } = await scene({
      language: 'es',
      secrets: ['s3cret'],
      onTrouble: (text) => troubles.push(text),
    })
    await writeFile(folder, 's3cret')
    for (let count = 0; count < 3; count++) {
      logs.orchestrator.write('note', { text: 'x' })
      logs.item(item, '2026-11-24').write('item-started', { attempt: 1 })
      await new Promise((resolve) => {
        setTimeout(resolve, 20)
      })
    }
    await logs.close()
    expect(troubles).toHaveLength(1)
    expect(troubles[0]).toMatch(/^No se pueden escribir registros en .*logs.*: ENOTDIR/)
  })

  test('go on when they can be, and say how many lines are missing', async () => {
    const { logs, folder } = await scene({ onTrouble: () => undefined })
    await writeFile(folder, '')
    for (let count = 0; count < 3; count++) logs.orchestrator.write('note', { text: 'lost' })
    await logs.close()
    await rm(folder)
    await mkdir(folder)
    logs.orchestrator.write('note', { text: 'kept' })
    await logs.close()
    const lines = await linesOf(join(folder, '20261124/orchestrator_20261124.log'))
    expect(lines.map(({ event, count, text }) => [event, count ?? text])).toEqual([
      ['lines-lost', 3],
      ['note', 'kept'],
    ])
  })
})

/** Every text of a value, names of fields included. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, held]) => [name, ...textsIn(held)])
}

test('no secret reaches a line: in a message, a stack, a cause, a nested field, its name, or the key of a file', async () => {
  const word = fc.string({
    minLength: 5,
    maxLength: 24,
    unit: fc.constantFrom(...Array.from('kqz7"\\\'/%+ @ñ\n😀')),
  })
  await fc.assert(
    fc.asyncProperty(word, async (password) => {
      const url = `mysql://etl:${encodeURIComponent(password)}@db/visitas`
      const { logs, folder } = await scene({ secrets: [password] })
      const cause = Object.assign(new Error(`denied: ${password}`), {
        sql: { text: JSON.stringify({ password }) },
      })
      const error = new AggregateError([cause, new CauceError('BUG', { detail: url })], `at ${url}`, {
        cause,
      })
      const basic = Buffer.from(`etl:${password}`).toString('base64')
      const fields = {
        error,
        deep: [{ [password]: { [`x${password}`]: [url] } }],
        headers: { authorization: `Basic ${basic}` },
      }
      logs.orchestrator.write('failure', { text: password, ...fields })
      logs
        .item({ ...item, key: `${password}.txt` }, '2026-11-24')
        .write('failure', { text: password, ...fields })
      await logs.close()
      for (const name of await readdir(join(folder, '20261124'))) {
        const text = await readFile(join(folder, '20261124', name), 'utf8')
        expect(text).not.toContain(basic)
        for (const line of text.trimEnd().split('\n'))
          for (const told of textsIn(JSON.parse(line))) {
            expect(told).not.toContain(password)
            expect(told).not.toContain(encodeURIComponent(password))
            expect(told).not.toContain(JSON.stringify(password).slice(1, -1))
          }
      }
    }),
    { numRuns: 60 },
  )
})
