import { expect, test } from 'vitest'
import { anyName } from '../pipeline/column.ts'
import { integer, text } from '../pipeline/columns.ts'
import { contract } from '../pipeline/contract.ts'
import { csv } from '../pipeline/csv.ts'
import { files } from '../pipeline/files.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { append, rejects, valid } from '../pipeline/tables.ts'
import { checkPlan } from './check-plan.ts'
import { compilePlan } from './compile-plan.ts'
import { replayPlan } from './replay-plan.ts'

const plan = compilePlan(
  pipeline('p', {
    from: files('./in'),
    read: csv({
      layout: 'position',
      header: false,
      skipLines: 3,
      delimiter: ';',
      encoding: 'latin1',
      nulls: ['-'],
    }),
    contract: contract('c', { a: text().from(anyName('x')).nulls('?'), b: integer().from('B', ['bb']) }),
    tables: { rows: append(valid), errors: append(rejects) },
    into: 'duckdb:x',
  }),
)

test('mended rows are found by the contract’s own names, whatever the original was read by', () => {
  const replay = replayPlan(plan)
  expect(replay.contract.columns.map(({ headers, anyHeader }) => ({ headers, anyHeader }))).toEqual([
    { headers: ['a'], anyHeader: false },
    { headers: ['b'], anyHeader: false },
  ])
  expect(replay.read).toMatchObject({
    layout: 'name',
    header: true,
    skipLines: 0,
    delimiter: undefined,
    encoding: undefined,
  })
})

test('what rows must satisfy, what means null and where they go stay as declared', () => {
  const replay = replayPlan(plan)
  expect(replay.contract.rules).toEqual(plan.contract.rules)
  expect(replay.contract.columns[0]?.nulls).toEqual(['?'])
  expect(replay.read).toMatchObject({ nulls: ['-'] })
  expect(replay.tables).toEqual(plan.tables)
  expect(replay.hash).toBe(plan.hash)
  expect(checkPlan(replay)).toEqual([])
})
