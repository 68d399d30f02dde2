import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Destination, PeriodSweep } from '../destination.ts'
import { openEngine } from '../../engine/duckdb/open-engine.ts'
import {
  TEXT,
  INTEGER,
  TIMESTAMP,
  hooks,
  loadRequest,
  scratch,
  table,
  type Scratch,
} from './scratch-destination.test-kit.ts'

let here: Scratch
let destination: Destination

beforeEach(async () => {
  here = await scratch()
  destination = await here.open()
})

afterEach(async () => here.remove())

const detail = table('visitas', { email: TEXT, fecha: TIMESTAMP })
const counted = table(
  'contados',
  { email: TEXT, mes: INTEGER },
  { key: ['email'], merge: { mes: { kind: 'period', unit: 'month', dated: ['fecha'] } } },
)
const counter = { table: 'contados', column: 'mes', unit: 'month' } as const
const periods = (month: string): Readonly<Record<'year' | 'month', string>> => ({
  year: month.slice(0, 4),
  month,
})

const loadMonth = async (item: string, values: string, month: string): Promise<unknown> => {
  const from = `(VALUES ${values}) t(email, fecha)`
  const tables = [
    await here.stage(detail, `SELECT email, fecha::TIMESTAMP AS fecha FROM ${from}`),
    await here.stage(
      counted,
      `SELECT email, count(*) FILTER (strftime(fecha::TIMESTAMP, '%Y-%m') = '${month}') AS mes FROM ${from} GROUP BY email ORDER BY email`,
    ),
  ]
  return destination.load(loadRequest(item, tables, { periods: [{ ...counter, period: month }] }), hooks())
}

const sweep = async (month: string, mayGoBack: boolean): Promise<number> => {
  let asked = 0
  const spool = join(here.folder, 'spool', `sweep-${month}`)
  await mkdir(spool, { recursive: true })
  await using engine = await openEngine({ spoolDirectory: spool, memoryMb: 64 })
  const recompute: PeriodSweep['recompute'] = async (_counter, readDetail) => {
    asked++
    const [year = 0, number = 0] = month.split('-').map(Number)
    const until = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10)
    const path = join(spool, 'detail')
    await readDetail({
      table: 'visitas',
      columns: ['email', 'fecha'],
      dated: ['fecha'],
      from: `${month}-01`,
      until,
      path,
    })
    const staged = join(spool, 'counter')
    const rows = await engine.run(
      `COPY (SELECT email, count(*) AS mes FROM read_parquet('${path}') GROUP BY email ORDER BY email) TO '${staged}' (FORMAT parquet)`,
    )
    return { shape: counted, path: staged, rows }
  }
  await destination.sweepPeriods({ counters: [counter], periods: periods(month), mayGoBack, recompute })
  return asked
}

test('add within a period, are refused out of it, and are swept into the next', async () => {
  await destination.prepare([detail, counted])
  expect(await destination.storedPeriods([counter], periods('2013-01'))).toEqual([
    { ...counter, period: '2013-01' },
  ])
  expect(await destination.storedPeriods([counter], periods('2013-02'))).toEqual([
    { ...counter, period: '2013-01' },
  ])
  expect(
    await loadMonth(
      'a',
      `('ana', '2013-01-31 23:59:59'), ('ana', '2013-02-01'), ('bea', '2013-01-02')`,
      '2013-01',
    ),
  ).toEqual({ kind: 'loaded' })
  expect(await loadMonth('b', `('ana', '2013-01-05')`, '2013-02')).toEqual({ kind: 'period_moved' })
  expect(await loadMonth('b', `('ana', '2013-01-05')`, '2013-01')).toEqual({ kind: 'loaded' })
  const now = async (): Promise<unknown> => here.ask('SELECT * FROM contados ORDER BY email')
  expect(await now()).toEqual([
    ['ana', 2],
    ['bea', 1],
  ])
  expect(await sweep('2013-02', false)).toBe(1)
  expect(await now()).toEqual([
    ['ana', 1],
    ['bea', 0],
  ])
  expect(await sweep('2013-02', false)).toBe(0)
  expect(await sweep('2013-01', false)).toBe(0)
  expect(await sweep('2013-01', true)).toBe(1)
  expect(await now()).toEqual([
    ['ana', 2],
    ['bea', 1],
  ])
})
