import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_ROWS, type RowCounts } from '../model/item-state.ts'
import { dateInZone } from '../plan/periods.ts'
import { type DayFigures, dayFigures } from './day-figures.ts'
import { finishRun } from './finish-run.ts'
import { handBack } from './hand-back.ts'
import type { SettledState } from './item-transitions.ts'
import { monthFigures } from './month-figures.ts'
import { timesHere } from './scratch-home.test-kit.ts'
import { type ScratchLedger, scratchLedger } from './scratch-ledger.test-kit.ts'
import { settleItem, type SettleItemRequest } from './settle-item.ts'

const ZONE = 'America/Mexico_City'
const DAY = '2026-11-24'
const at = (moment: string): number => Date.parse(`${moment}-06:00`)

interface Ending extends Partial<Omit<SettleItemRequest, 'id' | 'epoch'>> {
  readonly key: string
  readonly state: SettledState
  readonly nowMs: number
  readonly startMs?: number
}

/** Brings an item to its end. */
async function end(scratch: ScratchLedger, ending: Ending): Promise<void> {
  const { key, startMs = ending.nowMs - 1_000, ...settlement } = ending
  const [item] = await scratch.record([key], { nowMs: startMs })
  const [claim] = await scratch.claim({ only: [item?.id ?? 0], nowMs: startMs, leaseMs: 900_000 })
  if (claim === undefined) throw new Error(`${key} cannot be claimed`)
  await settleItem(scratch.ledger, { id: claim.id, epoch: claim.epoch, ...settlement })
}

async function figuresOf({ ledger }: ScratchLedger, nowMs = at(`${DAY}T12:00`)): Promise<DayFigures> {
  return dayFigures(ledger, { pipeline: 'visits', day: DAY, timezone: ZONE, nowMs })
}

const rows = (read: number, rejected = 0): RowCounts => ({
  ...NO_ROWS,
  read,
  loaded: read - rejected,
  rejected,
})

test('a day is counted in its own zone, from its first moment to its last', async () => {
  const scratch = await scratchLedger()
  const ends = [`${DAY}T00:00`, `${DAY}T23:59:59.999`, '2026-11-23T23:59:59.999', '2026-11-25T00:00']
  for (const moment of ends) await end(scratch, { key: moment, state: 'ready', nowMs: at(moment) })
  expect((await figuresOf(scratch)).files).toEqual({
    total: 2,
    byState: { ready: 2 },
    loaded: 2,
    failed: 0,
    successRate: 1,
  })
})

test('files by state, the success among those tried, and what their rows became', async () => {
  const scratch = await scratchLedger()
  const nowMs = at(`${DAY}T02:00`)
  await end(scratch, { key: 'a', state: 'ready', counts: rows(100), sizeBytes: 1_000, nowMs })
  await end(scratch, { key: 'b', state: 'ready_with_rejects', counts: rows(50, 5), sizeBytes: 500, nowMs })
  await end(scratch, { key: 'c', state: 'failed_layout', sizeBytes: 70, nowMs })
  await end(scratch, { key: 'd', state: 'duplicate', nowMs })
  const figures = await figuresOf(scratch)
  expect(figures).toMatchObject({
    pipeline: 'visits',
    day: DAY,
    fromMs: at(`${DAY}T00:00`),
    untilMs: at('2026-11-25T00:00'),
    files: { total: 4, loaded: 2, failed: 1, successRate: 2 / 3 },
    rows: { read: 150, loaded: 145, rejected: 5 },
    loadedBytes: 1_500,
    replays: { items: 0 },
    open: 0,
  })
  expect(JSON.parse(JSON.stringify(figures))).toEqual(figures)
})

test('replays are told apart: their rows were read before', async () => {
  const scratch = await scratchLedger()
  const nowMs = at(`${DAY}T02:00`)
  await end(scratch, { key: 'a', state: 'ready_with_rejects', counts: rows(50, 5), nowMs })
  const entry = {
    key: 'mended.csv',
    sizeBytes: 1,
    modifiedMs: 1,
    kind: 'replay' as const,
    originLoadKey: 'k',
  }
  await scratch.record([entry], { nowMs })
  const [claim] = await scratch.claim({ nowMs, leaseMs: 900_000 })
  const { id = 0, epoch = 0 } = claim ?? {}
  await settleItem(scratch.ledger, { id, epoch, state: 'ready_with_rejects', counts: rows(5, 2), nowMs })
  const figures = await figuresOf(scratch)
  expect(figures).toMatchObject({
    files: { total: 1 },
    rows: { read: 50, rejected: 5 },
    replays: { items: 1, rows: { read: 5, loaded: 3, rejected: 2 } },
  })
})

test('the rules broken most come first, errors before warnings', async () => {
  const scratch = await scratchLedger()
  const nowMs = at(`${DAY}T02:00`)
  const rule = (code: string, count: number, level: 'error' | 'warning' = 'error') => ({
    code,
    level,
    rows: count,
  })
  await end(scratch, {
    key: 'a',
    state: 'ready_with_rejects',
    counts: rows(50, 5),
    ruleCounts: [rule('x', 2), rule('y', 3), rule('odd', 40, 'warning')],
    nowMs,
  })
  await end(scratch, {
    key: 'b',
    state: 'ready_with_rejects',
    counts: rows(9, 2),
    ruleCounts: [rule('x', 2)],
    nowMs,
  })
  expect((await figuresOf(scratch)).rules).toEqual([
    { code: 'x', level: 'error', rows: 4, items: 2 },
    { code: 'y', level: 'error', rows: 3, items: 1 },
    { code: 'odd', level: 'warning', rows: 40, items: 1 },
  ])
})

test('the slowest files are told by the try that ended them, and retries by the tries before', async () => {
  const scratch = await scratchLedger()
  const startMs = at(`${DAY}T02:00`)
  for (let seconds = 1; seconds <= 6; seconds++)
    await end(scratch, { key: `${seconds} s`, state: 'ready', startMs, nowMs: startMs + seconds * 1_000 })
  const [item] = await scratch.record(['again'], { nowMs: startMs })
  const only = [item?.id ?? 0]
  for (const wait of [0, 60_000]) {
    const nowMs = startMs + wait
    const [claim] = await scratch.claim({ only, nowMs, leaseMs: 900_000 })
    const { id = 0, epoch = 0 } = claim ?? {}
    await handBack(scratch.ledger, { id, epoch, reason: 'no', tryUsed: true, nowMs: nowMs + 50_000 })
  }
  const [claim] = await scratch.claim({ only, nowMs: startMs + 120_000, leaseMs: 900_000 })
  const { id = 0, epoch = 0 } = claim ?? {}
  await settleItem(scratch.ledger, { id, epoch, state: 'ready', nowMs: startMs + 122_500 })
  const figures = await figuresOf(scratch)
  expect(figures.slowest.map(({ key, tookMs }) => [key, tookMs])).toEqual([
    ['6 s', 6_000],
    ['5 s', 5_000],
    ['4 s', 4_000],
    ['3 s', 3_000],
    ['again', 2_500],
  ])
  expect(figures.retries).toEqual({ tries: 2, items: 1 })
})

test('runs belong to the day they began on; what waits is told whatever day it is of, the oldest first', async () => {
  const scratch = await scratchLedger()
  const { ledger, runId } = scratch
  const error = { code: 'LAYOUT_COLUMNS', class: 'layout', details: { file: 'a', detail: 'no' } } as const
  await end(scratch, { key: 'old', state: 'failed_layout', error, nowMs: at('2026-11-01T02:00') })
  await end(scratch, { key: 'new', state: 'refused', nowMs: at(`${DAY}T02:00`) })
  await scratch.record(['open'])
  await ledger.db
    .updateTable('run')
    .set({ startedMs: at(`${DAY}T01:59`) as never })
    .execute()
  await finishRun(ledger, { id: runId, state: 'failed', nowMs: at(`${DAY}T02:01`) })
  const figures = await figuresOf(scratch)
  expect(figures.runs).toMatchObject({
    total: 1,
    byState: { failed: 1 },
    listed: [{ id: runId, state: 'failed', items: 3, startedMs: at(`${DAY}T01:59`) }],
  })
  expect(figures.waiting).toMatchObject({
    total: 2,
    byState: { failed_layout: 1, refused: 1 },
    listed: [
      {
        key: 'old',
        errorCode: 'LAYOUT_COLUMNS',
        errorDetails: { detail: 'no' },
        sinceMs: at('2026-11-01T02:00'),
      },
      { key: 'new', errorCode: null, errorDetails: {} },
    ],
  })
  expect(figures.open).toBe(1)
})

test('whatever ended whenever: days and their month tell the same items, each once', async () => {
  const state = fc.constantFrom('ready', 'ready_with_rejects', 'failed_layout', 'duplicate')
  const ending = fc.record({ state, hours: fc.integer({ min: -30, max: 60 * 24 }), read: fc.nat(50) })
  await fc.assert(
    fc.asyncProperty(fc.array(ending, { maxLength: 12 }), async (endings) => {
      const scratch = await scratchLedger()
      const told = endings.map((one, index) => ({
        ...one,
        key: `item ${index}`,
        nowMs: at('2026-10-01T00:00') + one.hours * 3_600_000,
      }))
      for (const { key, state: to, nowMs, read } of told)
        await end(scratch, { key, state: to, nowMs, counts: to.startsWith('ready') ? rows(read) : NO_ROWS })
      const request = { pipeline: 'visits', timezone: ZONE, nowMs: at('2027-01-01T00:00') }
      const month = await monthFigures(scratch.ledger, { ...request, month: '2026-10' })
      const inMonth = told.filter(({ nowMs }) => dateInZone(nowMs, ZONE).startsWith('2026-10'))
      expect(month.files.total).toBe(inMonth.length)
      expect(month.days.map(({ day }) => day)).toEqual(
        [...new Set(inMonth.map(({ nowMs }) => dateInZone(nowMs, ZONE)))].toSorted(),
      )
      for (const { day, files, rows: dayRows, replays } of month.days) {
        const figures = await dayFigures(scratch.ledger, { ...request, day })
        expect({ files, rows: dayRows, replays }).toEqual({
          files: figures.files,
          rows: figures.rows,
          replays: figures.replays,
        })
      }
    }),
    { numRuns: timesHere(5) },
  )
}, 60_000)
