import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Destination } from '../destination.ts'
import {
  TEXT,
  failure,
  loadVisits,
  scratch,
  table,
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

test('are loaded by column name, their keys and other columns left alone', async () => {
  await destination.prepare([])
  await here.alter(`CREATE TABLE visitantes (id INTEGER DEFAULT 7 NOT NULL, TOTAL INTEGER, Email VARCHAR PRIMARY KEY, nota VARCHAR, ultima TIMESTAMP, primera TIMESTAMP);
      CREATE TABLE visitas (nota VARCHAR DEFAULT 'n', opens SMALLINT, email VARCHAR, fecha TIMESTAMP);
      INSERT INTO visitantes VALUES (1, 5, 'ana', 'suya', TIMESTAMP '2013-01-05', TIMESTAMP '2013-01-05')`)
  await loadVisits({ here, destination }, 'a.txt', ['ana', 'bea', 'ana'], '2013-02-01')
  await loadVisits({ here, destination }, 'b.txt', ['ana', 'bea'], '2013-03-01')
  expect(
    await here.ask('SELECT id, email, total, nota, primera::VARCHAR FROM visitantes ORDER BY email'),
  ).toEqual([
    [1, 'ana', 8, 'suya', '2013-01-05 00:00:00'],
    [7, 'bea', 2, null, '2013-02-01 10:01:00'],
  ])
  expect(await here.ask('SELECT DISTINCT nota FROM visitas')).toEqual([['n']])
})

const misfits: readonly (readonly [what: string, sql: string, says: RegExp])[] = [
  [
    'a column is missing',
    'CREATE TABLE visitas (email VARCHAR, fecha TIMESTAMP)',
    /no column opens; ALTER TABLE "visitas" ADD COLUMN "opens" BIGINT/,
  ],
  [
    'a type would change values',
    'CREATE TABLE visitas (email VARCHAR, fecha DATE, opens BIGINT)',
    /column fecha holds DATE, which would change timestamp values; make it TIMESTAMP/,
  ],
  [
    'numbers would be rounded',
    'CREATE TABLE visitas (email VARCHAR, fecha TIMESTAMP, opens DOUBLE)',
    /column opens holds DOUBLE/,
  ],
  [
    'another column has no default',
    'CREATE TABLE visitas (email VARCHAR, fecha TIMESTAMP, opens BIGINT, id INTEGER NOT NULL)',
    /column id is not the pipeline's/,
  ],
  ['it is a view', 'CREATE VIEW visitas AS SELECT 1 AS email', /it is a view/],
  [
    'keys would be taken for one another',
    'CREATE TABLE visitantes (email VARCHAR COLLATE NOCASE, primera TIMESTAMP, ultima TIMESTAMP, total BIGINT)',
    /key column email has a collation/,
  ],
]
test.each(misfits)('are refused when %s', async (_what, sql, says) => {
  await destination.prepare([])
  await here.alter(sql)
  const error = await failure(destination.prepare([visits, visitors]))
  expect(error).toMatchObject({ code: 'DESTINATION_SHAPE' })
  expect(error.message).toMatch(says)
})

test('columns that differ in case only are refused', async () => {
  const error = await failure(destination.prepare([table('t', { Email: TEXT, email: TEXT })]))
  expect(error).toMatchObject({ code: 'DESTINATION_SHAPE' })
})

test('a merged table that holds a key twice is refused', async () => {
  await destination.prepare([])
  await here.alter(
    `CREATE TABLE visitantes (email VARCHAR, primera TIMESTAMP, ultima TIMESTAMP, total BIGINT); INSERT INTO visitantes VALUES ('ana', NULL, NULL, 1), ('ana', NULL, NULL, 1)`,
  )
  expect(await failure(loadVisits({ here, destination }, 'a', ['ana'], '2013-01-01'))).toMatchObject({
    code: 'DESTINATION_SHAPE',
  })
})

test('a table dropped, or a file put in its place, is made again', async () => {
  await loadVisits({ here, destination }, 'a', ['ana'], '2013-01-01')
  await here.alter('DROP TABLE visitas')
  expect(await failure(loadVisits({ here, destination }, 'b', ['ana'], '2013-01-02'))).toMatchObject({
    code: 'DESTINATION_SHAPE',
  })
  expect(await loadVisits({ here, destination }, 'b', ['ana'], '2013-01-02')).toEqual({ kind: 'loaded' })
})

test('loads of an earlier version stay, and their table gets the columns it lacks', async () => {
  await destination.prepare([])
  await here.alter(
    `ALTER TABLE cauce_loads DROP COLUMN origin_load; ALTER TABLE cauce_loads DROP COLUMN replaced_by; ALTER TABLE cauce_loads DROP COLUMN replaced_at;
    INSERT INTO cauce_loads VALUES ('e', 'visitas', 'z.txt', 'f', 0, 1, 1, 0, 0, 0, TIMESTAMP '2013-01-05')`,
  )
  const another = await here.open()
  expect(await another.findLoad('e')).toMatchObject({ item: 'z.txt', replacedBy: undefined })
  await loadVisits({ here, destination: another }, 'a.txt', ['ana'], '2013-02-01')
  expect(await here.ask('SELECT item, replaced_by, origin_load FROM cauce_loads ORDER BY item')).toEqual([
    ['a.txt', null, null],
    ['z.txt', null, null],
  ])
})
