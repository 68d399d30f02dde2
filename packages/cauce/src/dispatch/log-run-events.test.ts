import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CauceError } from '../model/cauce-error.ts'
import { NO_ROWS } from '../model/item-state.ts'
import type { Plan } from '../model/plan.ts'
import { scratchLedger } from '../ledger/scratch-ledger.test-kit.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { openLogs } from '../logs/open-logs.ts'
import type { ItemOutcome } from '../perform/task.ts'
import { logRunEvents } from './log-run-events.ts'
import type { RunEvent } from './run-context.ts'

const plan = {
  pipeline: 'visits',
  states: { ready_with_rejects: 'COMPLETADO_CON_ERRORES', failed_system: 'FALLO_SISTEMA' },
  reference: { timezone: 'America/Mexico_City' },
} as unknown as Plan

const outcome: ItemOutcome = {
  state: 'ready_with_rejects',
  counts: { read: 10, loaded: 9, rejected: 1, skipped: 0, warnings: 0 },
  sizeBytes: 100,
  sha256: 'a'.repeat(64),
  loadKey: 'b'.repeat(64),
  rejectsSha256: undefined,
  ruleCounts: [{ code: 'email:invalid', level: 'error', rows: 1 }],
  backup: '/backup/a',
  sourceDeletedMs: undefined,
  replayedRecords: [],
  notes: [{ en: 'a note', es: 'una nota' }],
  error: undefined,
}

interface Scene {
  readonly items: readonly ItemRow[]
  readonly see: (event: RunEvent, laterMs?: number) => void
  readonly lines: (name: string) => Promise<readonly Record<string, unknown>[]>
}

async function scene(keys: readonly string[]): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-logs-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true }))
  const scratch = await scratchLedger()
  await scratch.record(keys)
  const items = await scratch.claim()
  let nowMs = Date.parse('2026-11-25T05:59:00.000Z')
  const clock = { now: () => nowMs, sleep: async () => undefined }
  const logs = openLogs({
    home: { logs: folder },
    clock,
    secrets: [],
    timezoneOf: () => 'America/Mexico_City',
  })
  const write = logRunEvents(logs, { plans: [plan], clock })
  return {
    items,
    see: (event, laterMs = 0) => {
      nowMs += laterMs
      write('visits', event)
    },
    lines: async (name) => {
      await logs.close()
      const text = await readFile(join(folder, '20261124', name), 'utf8')
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    },
  }
}

test('an item loaded is told stage by stage in its own log, and by its beginning and end in the orchestrator’s', async () => {
  const { items, see, lines } = await scene(['report_001.txt'])
  const [item] = items
  if (item === undefined) throw new Error('no item')
  see({ kind: 'discovered', listed: 1, fresh: 1 })
  see({ kind: 'started', item })
  see({ kind: 'progress', item, stage: 'extract', bytes: undefined, rows: undefined })
  see({ kind: 'progress', item, stage: 'extract', bytes: 100, rows: undefined }, 500)
  see({ kind: 'progress', item, stage: 'load', bytes: undefined, rows: undefined }, 500)
  const error = new CauceError('DESTINATION_FAILED', { url: 'mysql://h', detail: 'gone' }).report()
  see({ kind: 'stage-retried', item, stage: 'load', next: 2, error })
  // Midnight passes: the attempt stays in the folder of the day it began.
  see({ kind: 'ended', item, outcome }, 120_000)
  const own = await lines('report_001.log')
  expect(own.map(({ event, stage, tookMs, msg }) => [event, stage ?? tookMs ?? msg])).toEqual([
    ['log-started', 'log of report_001.txt'],
    ['item-started', 'attempt 1 begins'],
    ['stage-started', 'extract'],
    ['stage-ended', 'extract'],
    ['stage-started', 'load'],
    ['stage-retried', 'load'],
    ['stage-ended', 'load'],
    ['rule-broken', 'email:invalid: 1 rows (email is not well formed)'],
    ['item-note', 'a note'],
    ['item-loaded', 121_000],
  ])
  expect(own.find(({ event }) => event === 'stage-ended')).toMatchObject({ tookMs: 1000, sizeBytes: 100 })
  expect(own.find(({ event }) => event === 'stage-retried')).toMatchObject({
    level: 'warn',
    try: 2,
    error: { code: 'DESTINATION_FAILED', class: 'system' },
  })
  expect(own.at(-1)).toMatchObject({
    pipeline: 'visits',
    item: item.id,
    key: 'report_001.txt',
    run: item.runId,
    read: 10,
    rejected: 1,
    backup: '/backup/a',
  })
  const whole = await lines('orchestrator_20261124.log')
  expect(whole.map(({ event, key }) => [event, key])).toEqual([
    ['discovered', undefined],
    ['item-started', 'report_001.txt'],
  ])
})

test('every way an attempt can end is told in both logs, failures with code and remedy', async () => {
  const { items, see, lines } = await scene(['a', 'b', 'c', 'd', 'e'])
  const [a, b, c, d, e] = items
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined)
    throw new Error('no items')
  const error = new CauceError('SOURCE_UNREACHABLE', { url: 'sftp://h', detail: 'gone' }).report()
  const failed: ItemOutcome = {
    ...outcome,
    state: 'failed_system',
    counts: NO_ROWS,
    ruleCounts: [],
    notes: [],
    error,
  }
  for (const item of items) see({ kind: 'started', item })
  see({ kind: 'ended', item: a, outcome: failed })
  see({
    kind: 'to-be-retried',
    item: b,
    outcome: failed,
    dueMs: Date.parse('2026-11-25T05:59:10Z'),
    attempts: 3,
  })
  see({ kind: 'handed-back', item: c, outcome: failed })
  see({ kind: 'cancelled', item: d })
  see({ kind: 'ended', item: e, outcome: { ...outcome, state: 'duplicate', ruleCounts: [], notes: [] } })
  see({ kind: 'quarantined', item: a, folder: '/quarantine/1_a' })
  see({
    kind: 'quarantine-failed',
    item: a,
    error: new CauceError('DISK_FULL', { path: '/quarantine' }).report(),
  })
  const whole = (await lines('orchestrator_20261124.log')).filter(({ event }) => event !== 'item-started')
  expect(whole.map(({ level, event, key }) => [level, event, key])).toEqual([
    ['error', 'item-failed', 'a'],
    ['warn', 'item-tried-again', 'b'],
    ['warn', 'item-handed-back', 'c'],
    ['warn', 'item-cancelled', 'd'],
    ['info', 'item-passed-over', 'e'],
    ['warn', 'item-quarantined', 'a'],
    ['error', 'quarantine-failed', 'a'],
  ])
  expect(whole[0]).toMatchObject({
    msg: 'FALLO_SISTEMA in attempt 1',
    error: {
      code: 'SOURCE_UNREACHABLE',
      message: 'The source sftp://h could not be reached: gone. Check host, port and network.',
    },
  })
  expect(whole[1]).toMatchObject({ until: '2026-11-25T05:59:10.000Z' })
  for (const [index, name] of ['a', 'b', 'c', 'd', 'e'].entries())
    expect((await lines(`${name}.log`)).map(({ event }) => event)).toContain(whole[index]?.['event'])
  expect((await lines('a.log')).at(-1)).toMatchObject({
    event: 'quarantine-failed',
    error: { code: 'DISK_FULL' },
  })
})
