import { CauceError } from '../model/cauce-error.ts'
import type { ReplayedRow } from '../connectors/destination.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import type { Layout } from '../formats/csv/check-layout.ts'
import { fileColumn } from '../plan/duckdb/judge-sql.ts'
import { quoteText } from '../plan/duckdb/quote.ts'
import { REPLAY_COLUMNS } from '../plan/replay-plan.ts'

interface MarkRequest {
  readonly originLoad: string
  readonly done: ReadonlySet<number>
  readonly layout: Layout
  readonly file: string
}

/**
 * Links each judged row of a replay to its origin and marks as skipped those that were loaded before, and all but the first
 * row of a record that stands in the file twice.
 * @returns the rows that this replay will load
 * @throws {CauceError} LAYOUT_COLUMNS when a row names no record of the origin load
 */
export async function markReplayed(engine: Engine, request: MarkRequest): Promise<readonly ReplayedRow[]> {
  const [load, record] = request.layout.order.map(fileColumn)
  await engine.run(`CREATE TEMP TABLE origin AS
SELECT rowid + 1 AS row_number, _err = 0 AS holds, ${load} = ${quoteText(request.originLoad)} AS belongs,
  CASE WHEN regexp_full_match(${record}, '[0-9]{1,15}') THEN TRY_CAST(${record} AS BIGINT) END AS record
FROM judged`)
  const [strays] = await engine.rows(
    'SELECT count(*) AS n FROM origin WHERE holds AND (record IS NULL OR belongs IS NOT TRUE)',
  )
  if (Number(strays?.['n']) > 0)
    throw new CauceError('LAYOUT_COLUMNS', {
      file: request.file,
      detail: `${Number(strays?.['n'])} rows do not say which reject they mend; keep ${Object.values(REPLAY_COLUMNS).join(' and ')} as exported`,
    })
  await engine.run('CREATE TEMP TABLE replayed_before (record BIGINT)')
  if (request.done.size > 0)
    await engine.appendRows(
      'replayed_before',
      [...request.done].map((done) => [done]),
    )
  await engine.run(`INSERT INTO skipped SELECT row_number FROM (
  SELECT row_number, record, row_number() OVER (PARTITION BY record ORDER BY row_number) AS occurrence
  FROM origin WHERE holds
) WHERE occurrence > 1 OR record IN (SELECT record FROM replayed_before)`)
  const replayed: ReplayedRow[] = []
  for await (const [column] of engine.integerColumns(
    'SELECT record FROM origin WHERE holds AND row_number NOT IN (SELECT record FROM skipped) ORDER BY record',
  ))
    for (const found of column ?? []) replayed.push({ originLoad: request.originLoad, record: Number(found) })
  return replayed
}
