import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Destination, ReportRow } from '../destination.ts'
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

const shape = table(
  'bitacora',
  { archivo: TEXT, sha256: TEXT, estado: TEXT, leidos: INTEGER, fin: TIMESTAMP },
  { identity: ['archivo', 'sha256'] },
)
const row = (values: ReportRow['values']): ReportRow => ({ table: shape, values })

test('has one row per item version, later ones in place of earlier', async () => {
  await destination.prepare([shape])
  await destination.writeReport(
    row({ archivo: "a'", sha256: null, estado: 'FALLO', leidos: 0, fin: '2013-01-01 00:00:00' }),
  )
  await destination.writeReport(row({ archivo: 'b', sha256: 'y', estado: 'FALLO', leidos: 0, fin: null }))
  const report = row({
    archivo: "a'",
    sha256: 'x',
    estado: 'COMPLETADO',
    leidos: 3,
    fin: '2013-01-02 03:04:05',
  })
  await destination.load(loadRequest("a'", [], { report }), hooks())
  await destination.writeReport(row({ archivo: "a'", sha256: 'z', estado: 'OTRA', leidos: 1, fin: null }))
  expect(await here.ask('SELECT * FROM bitacora ORDER BY archivo, sha256')).toEqual([
    ["a'", 'x', 'COMPLETADO', 3, '2013-01-02 03:04:05'],
    ["a'", 'z', 'OTRA', 1, null],
    ['b', 'y', 'FALLO', 0, null],
  ])
})

test('is replaced in a table with a key too', async () => {
  await destination.prepare([])
  await here.alter(
    'CREATE TABLE bitacora (archivo VARCHAR PRIMARY KEY, sha256 VARCHAR, estado VARCHAR, leidos INTEGER, fin TIMESTAMP)',
  )
  await destination.prepare([shape])
  for (const leidos of [1, 2, 3])
    await destination.writeReport(row({ archivo: 'a', sha256: 'x', estado: 'E', leidos, fin: null }))
  expect(await here.ask('SELECT leidos FROM bitacora')).toEqual([[3]])
})
