import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Destination } from '../destination.ts'
import {
  failure,
  hooks,
  loadRequest,
  scratch,
  visitors,
  visits,
  type Scratch,
} from './scratch-destination.test-kit.ts'

let here: Scratch
let destination: Destination

beforeEach(async () => {
  here = await scratch()
  destination = await here.open()
})

afterEach(async () => here.remove())

const counts = async (): Promise<unknown> =>
  here.ask(
    'SELECT (SELECT count(*) FROM cauce_loads), (SELECT count(*) FROM visitas), (SELECT count(*) FROM visitantes)',
  )

test('rows, keys and sums that are not what was staged', async () => {
  await destination.prepare([visits, visitors])
  const rows = await here.stage(visits, `SELECT 'x' AS email, TIMESTAMP '2013-01-01' AS fecha, 1 AS opens`)
  const merged = await here.stage(
    visitors,
    `SELECT 'x' AS email, NULL::TIMESTAMP AS primera, NULL::TIMESTAMP AS ultima, 1 AS total`,
  )
  const twice = await here.stage(
    visitors,
    `SELECT 'x' AS email, NULL::TIMESTAMP AS primera, NULL::TIMESTAMP AS ultima, 1 AS total FROM range(2)`,
  )
  const wrong = [
    [{ ...rows, rows: 2 }],
    [rows, { ...merged, sums: { total: '2' } }],
    [rows, { ...merged, rows: 2 }],
    [rows, twice],
  ]
  for (const [index, tables] of wrong.entries())
    expect(await failure(destination.load(loadRequest(`${index}`, tables), hooks()))).toMatchObject({
      code: 'ACCOUNTING_MISMATCH',
    })
  const uncounted = loadRequest('u', [rows])
  const record = { ...uncounted.record, counts: { ...uncounted.record.counts, read: 7 } }
  expect(await failure(destination.load({ ...uncounted, record }, hooks()))).toMatchObject({
    code: 'ACCOUNTING_MISMATCH',
  })
  expect(await counts()).toEqual([[0, 0, 0]])
})

test('values the table refuses, without their text', async () => {
  await destination.prepare([])
  await here.alter(
    `CREATE TABLE visitas (email VARCHAR CHECK (email <> 'secreto'), fecha TIMESTAMP, opens TINYINT)`,
  )
  await destination.prepare([visits, visitors])
  for (const [item, values] of [
    ['a', `'secreto', NULL, 1`],
    ['b', `'x', NULL, 300`],
  ] as const) {
    const staged = await here.stage(visits, `SELECT * FROM (VALUES (${values})) t(email, fecha, opens)`)
    const error = await failure(destination.load(loadRequest(item, [staged]), hooks()))
    expect(error).toMatchObject({ code: 'DESTINATION_REFUSED_ROWS' })
    expect(error.message).not.toMatch(/secreto|300/)
  }
  expect(await counts()).toEqual([[0, 0, 0]])
})

test('a hook that throws, an abort before COMMIT, an abort in the midst of a statement', async () => {
  await destination.prepare([visits, visitors])
  const rows = (count: number): string =>
    `SELECT md5(range::VARCHAR) AS email, TIMESTAMP '2013-01-01' AS fecha, range AS opens FROM range(${count})`
  const staged = await here.stage(visits, rows(3))
  const controller = new AbortController()
  const boom = hooks({
    at: (boundary) => {
      if (boundary === 'after-tables') throw new Error('boom')
    },
  })
  expect(await failure(destination.load(loadRequest('a', [staged]), boom))).toMatchObject({
    message: 'boom',
  })
  const late = new AbortController()
  const aborting = hooks({
    signal: late.signal,
    at: (boundary) => {
      if (boundary === 'before-commit') late.abort(new Error('late'))
    },
  })
  expect(await failure(destination.load(loadRequest('a', [staged]), aborting))).toMatchObject({
    message: 'late',
  })
  const long = await here.stage(visits, rows(500_000))
  const interrupting = hooks({
    signal: controller.signal,
    at: (boundary) => {
      if (boundary === 'after-guard') setTimeout(() => controller.abort(new Error('midst')), 30)
      if (boundary === 'after-tables') throw new Error('it was too quick')
    },
  })
  expect(await failure(destination.load(loadRequest('a', [long]), interrupting))).toMatchObject({
    message: 'midst',
  })
  expect(await counts()).toEqual([[0, 0, 0]])
}, 30_000)

test('an abort after COMMIT was sent does not undo it', async () => {
  await destination.prepare([])
  const controller = new AbortController()
  const aborting = hooks({
    signal: controller.signal,
    at: (boundary) => {
      if (boundary === 'after-commit') controller.abort()
    },
  })
  expect(await destination.load(loadRequest('a', []), aborting)).toEqual({ kind: 'loaded' })
  expect(await here.ask('SELECT count(*) FROM cauce_loads')).toEqual([[1]])
})
