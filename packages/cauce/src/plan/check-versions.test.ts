import { expect, test } from 'vitest'
import type { Plan } from '../model/plan.ts'
import { text } from '../pipeline/columns.ts'
import { contract } from '../pipeline/contract.ts'
import { csv } from '../pipeline/csv.ts'
import { files } from '../pipeline/files.ts'
import { pipeline, type PipelineOptions } from '../pipeline/pipeline.ts'
import { append, rejects, replace, type Table, upsert, valid } from '../pipeline/tables.ts'
import { checkPlan } from './check-plan.ts'
import { irreplaceable } from './check-versions.ts'
import { compilePlan } from './compile-plan.ts'

type Tables = Readonly<Record<string, Table>>

const planOf = (tables: Tables, options: Partial<PipelineOptions<Tables>> = {}): Plan =>
  compilePlan(
    pipeline('p', {
      from: files('./in'),
      read: csv(),
      contract: contract('c', { a: text(), b: text().nullable() }),
      tables,
      into: 'duckdb:./it.duckdb',
      ...(options.versions === undefined ? {} : { versions: options.versions }),
      ...(options.duplicates === undefined ? {} : { duplicates: options.duplicates }),
    }),
  )

const rows = append(valid)
const merged = { key: 'a', from: valid, merge: { b: 'max' } } as const

test('versions may replace one another where every table tells which load its rows are of, or can be worked out again', () => {
  const plan = planOf(
    { rows, bad: append(rejects), people: upsert({ ...merged, detail: 'rows' }), newest: replace(valid) },
    { versions: 'replace' },
  )
  expect(checkPlan(plan)).toEqual([])
})

test('tables that cannot give a load’s rows back are named with the remedy, where versions replace one another', () => {
  const tables = {
    rows: append(valid, { technicalColumns: false }),
    bad: append(rejects, { columns: { why: 'rules' } }),
    people: upsert(merged),
  }
  const issues = irreplaceable(planOf(tables))
  expect(issues.map(({ where, text: said }) => `${where}: ${said.en}`).toSorted()).toEqual([
    "tables.bad.columns: its rows do not tell which load they are of; give a column the field 'load_key'",
    'tables.people: rows merged into it cannot be taken out again; name in `detail` the append table that keeps every row it is computed from',
    'tables.rows: its rows do not tell which load they are of; take `technicalColumns: false` away',
  ])
  expect(checkPlan(planOf(tables))).toEqual([])
  expect(checkPlan(planOf(tables, { versions: 'replace' }))).toEqual(issues)
})

test('bytes under another name are refused with versions that are refused, and loaded with those that replace, unless told', () => {
  const duplicatesOf = (options: Partial<PipelineOptions<Tables>>): string =>
    planOf({ rows }, options).duplicates
  expect(duplicatesOf({})).toBe('refuse')
  expect(duplicatesOf({ versions: 'replace' })).toBe('load')
  expect(duplicatesOf({ versions: 'replace', duplicates: 'refuse' })).toBe('refuse')
  expect(duplicatesOf({ duplicates: 'load' })).toBe('load')
})
