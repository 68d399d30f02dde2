import { CauceError } from '../model/cauce-error.ts'
import type { ErrorCodeName } from '../model/error-codes.ts'
import type { ContractPlan } from '../model/plan.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import { fileColumn } from '../plan/duckdb/judge-sql.ts'
import {
  originSql,
  REPLAYED_SQL,
  replayRejectsSql,
  replayVerdictSql,
  STRAYS_SQL,
} from '../plan/duckdb/replay-sql.ts'
import { REPLAY_COLUMNS } from '../plan/replay-plan.ts'
import type { Judged } from './judge-file.ts'

/** Where the rows of a replay come from. */
export interface Origin {
  readonly loadKey: string
  /** Key of the item that was read the first time. */
  readonly item: string
  /** Its kept rejects, in the spool. */
  readonly keptPath: string
}

export interface LinkRequest {
  readonly contract: ContractPlan
  /** The mended file, for messages. */
  readonly file: string
  readonly judged: Judged
  readonly origin: Origin
}

/** What a replay does to the rejects of its origin. */
export interface Replayed {
  /** Records it loads, ascending. */
  readonly loads: readonly number[]
  /** Records of its rows that were loaded before: skipped. */
  readonly loadedBefore: readonly number[]
}

/**
 * Links every row of a judged replay to the reject it mends (table `origin`).
 * @throws {CauceError} REPLAY_OTHER_LOAD, REPLAY_RECORD, REPLAY_TWICE for a row that mends none, or one that another row mends
 */
export async function linkReplay(engine: Engine, request: LinkRequest): Promise<void> {
  const { contract, judged, origin } = request
  const { order } = judged.layout
  const [load = 0, record = 0] = order
  await engine.run(
    originSql({
      contract,
      originLoad: origin.loadKey,
      keptPath: origin.keptPath,
      load: fileColumn(load),
      record: fileColumn(record),
      order: order.slice(Object.keys(REPLAY_COLUMNS).length),
    }),
  )
  await refuseStrays(engine, request, STRAYS_SQL.otherLoad, 'REPLAY_OTHER_LOAD')
  await refuseStrays(engine, request, STRAYS_SQL.record, 'REPLAY_RECORD')
  await refuseStrays(engine, request, STRAYS_SQL.twice, 'REPLAY_TWICE')
}

async function refuseStrays(
  engine: Engine,
  { file, judged, origin }: LinkRequest,
  sql: string,
  code: ErrorCodeName,
): Promise<void> {
  const [found] = await engine.rows(sql)
  const rows = Number(found?.['rows'])
  if (rows === 0) return
  for await (const { line } of judged.prepared.locate([Number(found?.['row_number'])]))
    throw new CauceError(code, { file, line, rows, origin: origin.item })
}

/**
 * Completes the verdict on a linked replay: rows that break a rule only the whole file could show stay broken, and those
 * loaded before (`done`) are skipped, whatever they look like now.
 */
export async function settleReplay(engine: Engine, done: ReadonlySet<number>): Promise<Replayed> {
  await engine.run(
    'CREATE TEMP TABLE skipped (record BIGINT); CREATE TEMP TABLE replayed_before (record BIGINT)',
  )
  await engine.appendRows(
    'replayed_before',
    [...done].map((record) => [record]),
  )
  for (const statement of replayVerdictSql()) await engine.run(statement)
  return {
    loads: await integers(engine, REPLAYED_SQL),
    loadedBefore: await integers(
      engine,
      'SELECT record FROM origin WHERE row_number IN (SELECT record FROM skipped) ORDER BY record',
    ),
  }
}

/** Shows the rejects of a replay under the place of the rows they come from: makes `rejects` of `own_rejects`. */
export async function rejectsUnderOrigin(engine: Engine, { item }: Origin): Promise<void> {
  await engine.run(replayRejectsSql(item))
}

async function integers(engine: Engine, sql: string): Promise<readonly number[]> {
  const found: number[] = []
  for await (const [column] of engine.integerColumns(sql))
    for (const value of column ?? []) found.push(Number(value))
  return found
}
