import { describe, expect, test } from 'vitest'
import type {
  Destination,
  PeriodCounter,
  PeriodSweep,
  ReadDetail,
  StagedCounter,
} from '../../../packages/cauce/src/connectors/destination.ts'
import { periodBounds } from '../../../packages/cauce/src/plan/periods.ts'
import type { DestinationKit } from './kit.ts'
import { INTEGER, TEXT } from './round-trip.ts'
import { quietHooks, shapeOf, TestBed } from './test-bed.ts'

const DETALLE = shapeOf({
  name: 'detalle "d"',
  columns: {
    email: TEXT,
    abierto: { kind: 'timestamp', fraction: false },
    enviado: { kind: 'timestamp', fraction: false },
  },
})
const DATED = ['abierto', 'enviado']
const VISITANTES = shapeOf({
  name: 'visitantes',
  columns: { email: TEXT, total: INTEGER, anio: INTEGER, mes: INTEGER },
  key: ['email'],
  merge: {
    total: { kind: 'sum' },
    anio: { kind: 'period', unit: 'year', dated: DATED },
    mes: { kind: 'period', unit: 'month', dated: DATED },
  },
})
const COUNTERS: readonly PeriodCounter[] = [
  { table: VISITANTES.name, column: 'anio', unit: 'year' },
  { table: VISITANTES.name, column: 'mes', unit: 'month' },
]

const JANUARY = { year: '2013', month: '2013-01' }
const FEBRUARY = { year: '2013', month: '2013-02' }
const NEXT_YEAR = { year: '2014', month: '2014-01' }

/** A visit: whose, opened when (or not), sent when. */
type Visit = readonly [string, string | null, string]

export function periodCounters(kit: DestinationKit): void {
  describe('counters by year and month', () => {
    test('start with the period given, and keep it', async () => {
      await using bed = await TestBed.make(kit)
      expect(await bed.destination.storedPeriods(COUNTERS, JANUARY)).toEqual(withPeriods(JANUARY))
      expect(await (await bed.rival()).storedPeriods(COUNTERS, NEXT_YEAR)).toEqual(withPeriods(JANUARY))
    })

    test('refuse rows computed for another period, and store nothing of them', async () => {
      await using bed = await TestBed.make(kit)
      await bed.destination.storedPeriods(COUNTERS, JANUARY)
      expect(await visit(bed, 'a', [['x', null, '2013-01-05 00:00:00']], FEBRUARY)).toEqual({
        kind: 'period_moved',
      })
      expect(await bed.rows(VISITANTES)).toEqual([])
      expect(await bed.rows(DETALLE)).toEqual([])
      expect(await visit(bed, 'a', [['x', null, '2013-01-05 00:00:00']], JANUARY)).toEqual({ kind: 'loaded' })
    })

    test('move forward and back by a sweep over the detail table', async () => {
      await using bed = await TestBed.make(kit)
      await bed.destination.storedPeriods(COUNTERS, JANUARY)
      await visit(
        bed,
        'a',
        [
          ['x', null, '2013-01-05 00:00:00'],
          ['x', '2013-02-01 00:00:00', '2013-01-31 23:59:59'],
          ['peña "q",\n', null, '2013-01-31 23:59:59'],
          ['z', null, '2014-01-01 00:00:00'],
        ],
        JANUARY,
      )
      expect(await counted(bed)).toEqual({ 'peña "q",\n': [1, 1, 1], x: [2, 2, 1], z: [1, 0, 0] })
      await sweep(bed, FEBRUARY)
      expect(await bed.destination.storedPeriods(COUNTERS, JANUARY)).toEqual(withPeriods(FEBRUARY))
      expect(await counted(bed)).toEqual({ 'peña "q",\n': [1, 1, 0], x: [2, 2, 1], z: [1, 0, 0] })
      await visit(bed, 'b', [['x', null, '2013-02-09 00:00:00']], FEBRUARY)
      expect(await counted(bed)).toEqual({ 'peña "q",\n': [1, 1, 0], x: [3, 3, 2], z: [1, 0, 0] })
      await sweep(bed, NEXT_YEAR)
      expect(await counted(bed)).toEqual({ 'peña "q",\n': [1, 0, 0], x: [3, 0, 0], z: [1, 1, 1] })
      await sweep(bed, JANUARY, { mayGoBack: true })
      expect(await counted(bed)).toEqual({ 'peña "q",\n': [1, 1, 1], x: [3, 3, 1], z: [1, 0, 0] })
    })

    test('do not go back by the clock alone', async () => {
      await using bed = await TestBed.make(kit)
      await bed.destination.storedPeriods(COUNTERS, FEBRUARY)
      await visit(bed, 'a', [['x', null, '2013-02-05 00:00:00']], FEBRUARY)
      const asked = await sweep(bed, JANUARY, { mayGoBack: false })
      expect(asked).toEqual([])
      expect(await bed.destination.storedPeriods(COUNTERS, JANUARY)).toEqual(withPeriods(FEBRUARY))
      expect(await counted(bed)).toEqual({ x: [1, 1, 1] })
    })

    test('stay as they are when a sweep fails half-way', async () => {
      await using bed = await TestBed.make(kit)
      await bed.destination.storedPeriods(COUNTERS, JANUARY)
      await visit(bed, 'a', [['x', null, '2013-01-05 00:00:00']], JANUARY)
      const failing = bed.destination.sweepPeriods({
        ...sweepOf(bed, NEXT_YEAR, []),
        recompute: async (counter, readDetail) => {
          if (counter.column === 'mes') throw new Error('half-way')
          return recomputed(bed, { counter, period: NEXT_YEAR[counter.unit], readDetail })
        },
      })
      await expect(failing).rejects.toThrow('half-way')
      expect(await counted(bed)).toEqual({ x: [1, 1, 1] })
      expect(await bed.destination.storedPeriods(COUNTERS, NEXT_YEAR)).toEqual(withPeriods(JANUARY))
      await sweep(bed, NEXT_YEAR)
      expect(await counted(bed)).toEqual({ x: [1, 0, 0] })
    })

    test('come out right when loads and sweeps run side by side', async () => {
      await using bed = await TestBed.make(kit)
      await bed.destination.storedPeriods(COUNTERS, JANUARY)
      await bed.destination.prepare([DETALLE, VISITANTES])
      const months = [JANUARY, FEBRUARY, NEXT_YEAR]
      let period = JANUARY
      const loader = async (by: Destination, worker: number): Promise<void> => {
        for (let item = 0; item < 6; item++) {
          const day = String(item + 1).padStart(2, '0')
          const rows: Visit[] = [
            [`x${item % 2}`, null, `2013-01-${day} 00:00:00`],
            ['todos', null, `2013-02-${day} 00:00:00`],
            ['todos', null, `2014-01-${day} 00:00:00`],
          ]
          for (;;) {
            const asked = period
            const result = await visit(bed, `${worker}-${item}`, rows, asked, by)
            if (result.kind === 'loaded') break
            expect(result).toEqual({ kind: 'period_moved' })
          }
        }
      }
      const sweeper = async (by: Destination): Promise<void> => {
        for (const next of [...months, ...months].slice(1)) {
          await sweep(bed, next, { mayGoBack: true, by })
          period = next
        }
      }
      await Promise.all([
        loader(bed.destination, 1),
        loader(await bed.rival(), 2),
        sweeper(await bed.rival()),
      ])
      const total = 12
      expect(await counted(bed)).toEqual({
        x0: [6, 0, 0],
        x1: [6, 0, 0],
        todos: [total * 2, total, total],
      })
    })
  })
}

function withPeriods(periods: PeriodSweep['periods']): readonly (PeriodCounter & { period: string })[] {
  return COUNTERS.map((counter) => ({ ...counter, period: periods[counter.unit] }))
}

/** Loads visits as an engine would have computed them for the periods given. */
async function visit(
  bed: TestBed,
  item: string,
  visits: readonly Visit[],
  periods: PeriodSweep['periods'],
  by: Destination = bed.destination,
): Promise<Awaited<ReturnType<Destination['load']>>> {
  const within = (moment: string, period: string): boolean => moment.startsWith(period)
  const byEmail = Map.groupBy(visits, ([email]) => email)
  const counts = [...byEmail].map(([email, own]) => {
    const moments = own.map(([, opened, sent]) => opened ?? sent)
    return [
      email,
      String(own.length),
      String(moments.filter((moment) => within(moment, periods.year)).length),
      String(moments.filter((moment) => within(moment, periods.month)).length),
    ]
  })
  const request = bed.request({
    item,
    tables: [await bed.table(DETALLE, visits), await bed.table(VISITANTES, counts)],
    periods: withPeriods(periods),
  })
  await by.prepare(request.tables)
  return by.load(request, quietHooks())
}

/** @returns the counters that were asked for, in order */
async function sweep(
  bed: TestBed,
  periods: PeriodSweep['periods'],
  {
    mayGoBack = false,
    by = bed.destination,
  }: { readonly mayGoBack?: boolean; readonly by?: Destination } = {},
): Promise<readonly string[]> {
  const asked: string[] = []
  await by.sweepPeriods({ ...sweepOf(bed, periods, asked), mayGoBack })
  return asked
}

function sweepOf(bed: TestBed, periods: PeriodSweep['periods'], asked: string[]): PeriodSweep {
  return {
    counters: COUNTERS,
    periods,
    mayGoBack: false,
    recompute: async (counter, readDetail) => {
      asked.push(counter.column)
      return recomputed(bed, { counter, period: periods[counter.unit], readDetail })
    },
  }
}

interface Recompute {
  readonly counter: PeriodCounter
  readonly period: string
  readonly readDetail: ReadDetail
}

async function recomputed(bed: TestBed, { counter, period, readDetail }: Recompute): Promise<StagedCounter> {
  const format = bed.destination.capabilities.stagingFormat
  const path = bed.stager.newPath()
  const columns = DETALLE.columns.map(({ name }) => name)
  const { rows } = await readDetail({
    table: DETALLE.name,
    columns,
    dated: DATED,
    ...periodBounds(period),
    path,
  })
  const found = await bed.stager.read(DETALLE.columns, path, format)
  expect(found).toHaveLength(rows)
  const counts = [...Map.groupBy(found, ([email]) => email ?? '')].map(([email, own]) => [
    email,
    String(own.length),
  ])
  const shape = {
    ...VISITANTES,
    columns: VISITANTES.columns.filter(({ name }) => name === 'email' || name === counter.column),
  }
  const staged = await bed.table(shape, counts)
  return { shape, path: staged.path, rows: staged.rows }
}

async function counted(bed: TestBed): Promise<Readonly<Record<string, readonly number[]>>> {
  const rows = await bed.rows(VISITANTES)
  return Object.fromEntries(rows.map(([email, ...counts]) => [email ?? '', counts.map(Number)]))
}
