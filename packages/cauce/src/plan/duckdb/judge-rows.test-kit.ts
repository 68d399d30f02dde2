import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine, type Engine } from '../../engine/duckdb/open-engine.ts'
import type { EngineValue } from '../../engine/duckdb/engine-value.ts'
import type { Contract } from '../../pipeline/contract.ts'
import { compileContract } from '../compile-contract.ts'
import type { ItemFacts } from '../fill-sql.ts'
import { brokenCodes, codesOf, fileColumn, judgeSql, lateRules } from './judge-sql.ts'
import { quoteName, quoteText } from './quote.ts'
import { validViewSql } from './table-sql.ts'

/** A row of a file: its fields, more or fewer than the contract has columns, and the reader's remarks. */
export interface TestRow {
  readonly fields: readonly string[]
  readonly flags?: number
}

/** What became of a row. Values are as DuckDB prints them. */
export interface JudgedRow {
  readonly codes: readonly string[]
  readonly warnings: readonly string[]
  readonly values: Readonly<Record<string, string | null>>
}

export const FACTS: ItemFacts = {
  item: 'in/a.csv',
  file: 'a.csv',
  sha256: '0'.repeat(64),
  load_key: '1'.repeat(64),
  run: 'run-1',
  reference_date: '2013-02-28',
}

const SPARE = 2

/** An engine for one test file, in a folder of its own. */
export async function openTestEngine(): Promise<
  { readonly engine: Engine; readonly folder: string } & AsyncDisposable
> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-plan-'))
  const engine = await openEngine({ spoolDirectory: folder, memoryMb: 128 })
  return {
    engine,
    folder,
    async [Symbol.asyncDispose]() {
      await engine.close()
      await rm(folder, { recursive: true })
    },
  }
}

interface JudgeOptions {
  readonly nulls?: readonly string[]
  readonly order?: readonly number[]
  readonly fileColumns?: number
}

/** Makes `judged`, `skipped` and `valid` of rows, as a file of them would. */
export async function makeJudged(
  engine: Engine,
  contract: Contract<unknown>,
  rows: readonly TestRow[],
  { nulls = [''], order, fileColumns }: JudgeOptions = {},
): Promise<void> {
  const plan = compileContract(contract)
  const width = fileColumns ?? plan.columns.length
  const names = [
    ...Array.from({ length: width }, (_, i) => fileColumn(i)),
    ...Array.from({ length: SPARE }, (_, i) => `_x${i + 1}`),
  ]
  await engine.run(`DROP VIEW IF EXISTS valid; DROP TABLE IF EXISTS judged; DROP TABLE IF EXISTS skipped;
    CREATE TEMP TABLE skipped (record BIGINT);
    CREATE OR REPLACE TEMP TABLE input (${names.map((name) => `${name} VARCHAR`).join(', ')}, _flags BIGINT)`)
  await engine.appendRows(
    'input',
    rows.map(({ fields, flags = 0 }) => [...names.map((_, i) => fields[i] ?? null), flags]),
  )
  await engine.run(
    judgeSql({
      contract: plan,
      nulls,
      order: order ?? plan.columns.map((_, i) => i),
      fileColumns: width,
      spareColumns: SPARE,
      relation: 'input',
      hasFlags: true,
      carried: [],
      facts: FACTS,
    }),
  )
  for (const { suspects, mark } of lateRules(plan))
    if (Number(await engine.scalar(suspects)) > 0) await engine.run(mark)
  await engine.run(validViewSql(plan, { skips: true }))
}

/** Judges rows and tells what became of each. */
export async function judgeRows(
  engine: Engine,
  contract: Contract<unknown>,
  rows: readonly TestRow[],
  options: JudgeOptions = {},
): Promise<readonly JudgedRow[]> {
  await makeJudged(engine, contract, rows, options)
  const plan = compileContract(contract)
  const texts = plan.columns.map(
    ({ name }, i) => `CAST(${quoteName(name)} AS VARCHAR) AS ${quoteName(`value${i}`)}`,
  )
  const warnings = codesOf(plan, 'warning').map(
    ({ code, bits }) => `CASE WHEN _warn & ${bits} <> 0 THEN ${quoteText(code)} END`,
  )
  const found = await engine.rows(
    `SELECT _err AS errors,
      concat_ws(chr(10), NULL::VARCHAR${warnings.map((warning) => `, ${warning}`).join('')}) AS warnings, ${texts.join(', ')}
     FROM judged ORDER BY rowid`,
  )
  return found.map((row) => ({
    codes: brokenCodes(plan, 'error', BigInt(textOf(row['errors']) ?? 0)),
    warnings: linesOf(row['warnings']),
    values: Object.fromEntries(plan.columns.map(({ name }, i) => [name, textOf(row[`value${i}`])])),
  }))
}

function linesOf(value: EngineValue | undefined): readonly string[] {
  const lines = textOf(value)
  return lines === null || lines === '' ? [] : lines.split('\n')
}

function textOf(value: EngineValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}
