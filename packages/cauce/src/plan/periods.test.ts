import { expect, test } from 'vitest'
import { contract } from '../pipeline/contract.ts'
import { date, integer, text } from '../pipeline/columns.ts'
import { csv } from '../pipeline/csv.ts'
import { files } from '../pipeline/files.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { append, restarting, upsert, valid } from '../pipeline/tables.ts'
import { compilePlan } from './compile-plan.ts'
import { dateInZone, periodBounds, periodsOf, plannedCounters } from './periods.ts'

test('a date lies in a year and a month', () => {
  expect(periodsOf('2013-02-28')).toEqual({ year: '2013', month: '2013-02' })
})

test.each([
  ['2013', '2013-01-01', '2014-01-01'],
  ['2013-02', '2013-02-01', '2013-03-01'],
  ['2012-02', '2012-02-01', '2012-03-01'],
  ['2013-12', '2013-12-01', '2014-01-01'],
])('%s begins at %s and ends before %s', (period, from, until) => {
  expect(periodBounds(period)).toEqual({ from, until })
})

test.each([
  ['2013-02-28T05:59:59Z', 'America/Mexico_City', '2013-02-27'],
  ['2013-02-28T06:00:00Z', 'America/Mexico_City', '2013-02-28'],
  ['2013-12-31T22:59:59Z', 'Europe/Madrid', '2013-12-31'],
  ['2013-12-31T23:00:00Z', 'Europe/Madrid', '2014-01-01'],
  // The night the clocks go forward, and the one they go back.
  ['2024-03-30T22:59:59Z', 'Europe/Madrid', '2024-03-30'],
  ['2024-03-30T23:00:00Z', 'Europe/Madrid', '2024-03-31'],
  ['2024-03-31T21:59:59Z', 'Europe/Madrid', '2024-03-31'],
  ['2024-03-31T22:00:00Z', 'Europe/Madrid', '2024-04-01'],
  ['2024-10-27T22:59:59Z', 'Europe/Madrid', '2024-10-27'],
  ['2024-10-27T23:00:00Z', 'Europe/Madrid', '2024-10-28'],
  ['2011-12-30T10:00:00Z', 'Pacific/Apia', '2011-12-31'],
  ['2024-02-29T12:00:00Z', 'UTC', '2024-02-29'],
])('at %s it is in %s the %s', (at, zone, day) => {
  expect(dateInZone(Date.parse(at), zone)).toBe(day)
})

test('the counters of a plan are those that restart, with where they are recomputed from', () => {
  const plan = compilePlan(
    pipeline('p', {
      from: files('./in'),
      read: csv(),
      contract: contract('c', { who: text(), day: date(), n: integer() }),
      tables: {
        rows: append(valid),
        totals: upsert({
          key: 'who',
          from: valid,
          merge: { n: restarting('year', 'day'), day: 'max' },
          detail: 'rows',
        }),
      },
      into: 'duckdb:x',
    }),
  )
  expect(plannedCounters(plan)).toEqual([
    { table: 'totals', column: 'n', unit: 'year', dated: ['day'], detail: 'rows' },
  ])
})
