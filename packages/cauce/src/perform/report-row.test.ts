import { expect, test } from 'vitest'
import type { ReportPlan } from '../model/plan.ts'
import { text } from '../pipeline/columns.ts'
import { contract } from '../pipeline/contract.ts'
import { csv } from '../pipeline/csv.ts'
import { files } from '../pipeline/files.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { loadReport } from '../pipeline/report.ts'
import { item, sql } from '../pipeline/sql.ts'
import { append, valid } from '../pipeline/tables.ts'
import { compilePlan } from '../plan/compile-plan.ts'
import { FACTS, openTestEngine } from '../plan/duckdb/judge-rows.test-kit.ts'
import { reportRow } from './report-row.ts'
import type { ReportFacts } from './task.ts'

const facts: ReportFacts = {
  item: "in/it's.csv",
  sha256: undefined,
  sizeBytes: 9_007_199_254_740_991,
  counts: { read: 5, loaded: 3, rejected: 1, skipped: 1, warnings: 2 },
  state: 'failed_layout',
  attempts: 1,
  startedMs: Date.UTC(2013, 1, 28, 10, 20, 30, 999),
  finishedMs: Date.UTC(2013, 1, 28, 10, 20, 31),
  backup: undefined,
  sourceDeletedMs: undefined,
  message: `it's "bad"\n`,
  run: 'r',
  loadKey: undefined,
}

async function rowOf(report: ReportPlan | undefined): Promise<Awaited<ReturnType<typeof reportRow>>> {
  await using bench = await openTestEngine()
  const plan = compilePlan(
    pipeline('p', {
      from: files('./in'),
      read: csv(),
      contract: contract('c', { a: text() }),
      tables: { t: append(valid) },
      into: 'duckdb:x',
      states: { failed_layout: 'FALLO' },
      ...(report && { report }),
    }),
  )
  return await reportRow(bench.engine, plan, facts, FACTS)
}

test('a pipeline without a report has no row', async () => {
  expect(await rowOf(undefined)).toBeUndefined()
})

test('facts come under the pipeline’s names, times in whole UTC seconds, states in its words', async () => {
  const row = await rowOf(
    loadReport('log', {
      archivo: 'item',
      nombre: 'file',
      estado: 'state',
      inicio: 'started_at',
      hash: 'sha256',
      m: 'message',
    }),
  )
  expect(row?.values).toEqual({
    archivo: "in/it's.csv",
    nombre: "it's.csv",
    estado: 'FALLO',
    inicio: '2013-02-28 10:20:30',
    hash: null,
    m: `it's "bad"\n`,
  })
})

test('columns may be SQL over the fields and the item', async () => {
  const row = await rowOf(
    loadReport('log', {
      i: 'item',
      share: sql`loaded * 100 // read`,
      at: sql`CAST(started_at AS DATE)`,
      f: sql`${item.file}`,
      n: sql`backup`,
    }),
  )
  expect(row?.values).toMatchObject({ share: '60', at: '2013-02-28', f: 'a.csv', n: null })
  expect(row?.table.columns.map(({ type }) => type.kind)).toEqual(['text', 'integer', 'date', 'text', 'text'])
})

test('rows are told apart by the item first, wherever its column stands', async () => {
  const row = await rowOf(loadReport('log', { hash: 'sha256', f: 'file', estado: 'state', i: 'item' }))
  expect(row?.table.identity).toEqual(['i', 'f', 'hash'])
})
