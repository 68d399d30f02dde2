import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Column } from '../../pipeline/column.ts'
import {
  boolean,
  date,
  decimal,
  double,
  integer,
  json,
  oneOf,
  text,
  timestamp,
  uuid,
} from '../../pipeline/columns.ts'
import { contract } from '../../pipeline/contract.ts'
import { caseArb, judgeByTheDocs, type OracleColumn, type OracleType } from './judge-oracle.test-kit.ts'
import { judgeRows, openTestEngine } from './judge-rows.test-kit.ts'

function typed(type: OracleType): Column<unknown> {
  switch (type.kind) {
    case 'text':
      return text()
    case 'integer':
      return integer()
    case 'double':
      return double()
    case 'boolean':
      return boolean()
    case 'uuid':
      return uuid()
    case 'json':
      return json()
    case 'date':
      return date('dd/MM/yyyy')
    case 'timestamp':
      return timestamp('dd/MM/yyyy HH:mm')
    case 'oneOf':
      return oneOf(...type.words)
    case 'decimal':
      return decimal(type.precision, type.scale, { decimalMark: type.comma ? ',' : '.' })
  }
}

function declared(column: OracleColumn): Column<unknown> {
  const { nullable, nulls, defaultText, trim, fold, min, max, lengthMin, lengthMax, unique, warn, code } =
    column
  const steps: readonly ((made: Column<unknown>) => Column<unknown>)[] = [
    ...(nullable ? [(made: Column<unknown>) => made.nullable()] : []),
    ...(nulls === undefined ? [] : [(made: Column<unknown>) => made.nulls(...nulls)]),
    ...(defaultText === undefined ? [] : [(made: Column<unknown>) => made.default(defaultText)]),
    ...(trim ? [(made: Column<unknown>) => made.trim()] : []),
    ...(fold === undefined ? [] : [(made: Column<unknown>) => made[fold]()]),
    ...(min === undefined ? [] : [(made: Column<unknown>) => made.min(min)]),
    ...(max === undefined ? [] : [(made: Column<unknown>) => made.max(max)]),
    ...(lengthMin === undefined && lengthMax === undefined
      ? []
      : [
          (made: Column<unknown>) =>
            made.length({
              ...(lengthMin === undefined ? {} : { min: lengthMin }),
              ...(lengthMax === undefined ? {} : { max: lengthMax }),
            }),
        ]),
    ...(unique ? [(made: Column<unknown>) => made.unique()] : []),
    ...(warn ? [(made: Column<unknown>) => made.warn()] : []),
    ...(code === undefined ? [] : [(made: Column<unknown>) => made.code(code)]),
  ]
  return steps.reduce((made, step) => step(made), typed(column.type))
}

test('any rows under any contract are judged as the documentation says', async () => {
  await using bench = await openTestEngine()
  await fc.assert(
    fc.asyncProperty(caseArb, async ({ columns, rows, fileNulls, repeatedRows }) => {
      const made = Object.fromEntries(
        Object.entries(columns).map(([name, column]) => [name, declared(column)]),
      )
      const judged = await judgeRows(bench.engine, contract('c', made, { repeatedRows }), rows, {
        nulls: fileNulls,
      })
      const told = judged.map(({ codes, warnings }) => ({
        codes,
        warnings: codes.length === 0 ? warnings : [],
      }))
      expect(told).toEqual(judgeByTheDocs(rows, columns, { fileNulls, repeatedRows }))
    }),
    { numRuns: Number(process.env['CAUCE_PROPERTY_RUNS'] ?? 40) },
  )
}, 120_000)
