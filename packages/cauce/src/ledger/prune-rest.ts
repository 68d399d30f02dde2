import type { Transaction } from 'kysely'
import { type Ledger, writeLedger } from './ledger-access.ts'
import type { LedgerTables } from './tables.ts'

export interface PrunedRest {
  readonly firings: number
  readonly alerts: number
  readonly workers: number
  /** 0 when totals are kept; never one an item, an attempt or a firing names. */
  readonly runs: number
  /** 0 when totals are kept. */
  readonly days: number
}

interface PruneRestRequest {
  readonly before: number
  readonly keepTotals: boolean
  /** Of this pipeline, and what is of none; absent: of all. */
  readonly pipeline?: string
}

/** Bounds the time a transaction holds the write lock. */
const ROWS_PER_TRANSACTION = 1_000

/** Forgets what is no item's and ended before: firings, resolved alerts, ended processes, and, if asked, runs and closed days. */
export async function pruneRest(ledger: Ledger, request: PruneRestRequest): Promise<PrunedRest> {
  const { before, keepTotals } = request
  const all = async (some: (transaction: Transaction<LedgerTables>) => Promise<bigint>) => {
    for (let gone = 0; ;) {
      const rows = Number(await writeLedger(ledger, some))
      gone += rows
      if (rows < ROWS_PER_TRANSACTION) return gone
    }
  }
  return {
    firings: await all(async (transaction) => pruneFirings(transaction, request)),
    alerts: await all(async (transaction) => pruneAlerts(transaction, request)),
    workers: await all(async (transaction) => pruneWorkers(transaction, before)),
    runs: keepTotals ? 0 : await all(async (transaction) => pruneRuns(transaction, request)),
    days: keepTotals ? 0 : await all(async (transaction) => pruneDays(transaction, request)),
  }
}

async function pruneFirings(
  transaction: Transaction<LedgerTables>,
  { before, pipeline }: PruneRestRequest,
): Promise<bigint> {
  const { numDeletedRows } = await transaction
    .deleteFrom('firing')
    .where('id', 'in', (query) =>
      query
        .selectFrom('firing')
        .where('state', 'in', ['done', 'failed', 'skipped'])
        .where('finishedMs', '<', before)
        // Its token says that the run it followed was followed; such a run may be the newest of its pipeline for years.
        .where('cause', '!=', 'after')
        .$if(pipeline !== undefined, (some) => some.where('pipeline', '=', pipeline ?? ''))
        .limit(ROWS_PER_TRANSACTION)
        .select('id'),
    )
    .executeTakeFirst()
  return numDeletedRows
}

/** Their deliveries go with them. */
async function pruneAlerts(
  transaction: Transaction<LedgerTables>,
  { before, pipeline }: PruneRestRequest,
): Promise<bigint> {
  const { numDeletedRows } = await transaction
    .deleteFrom('alert')
    .where('id', 'in', (query) =>
      query
        .selectFrom('alert')
        .where('resolvedMs', '<', before)
        .$if(pipeline !== undefined, (some) =>
          some.where((eb) => eb.or([eb('pipeline', 'is', null), eb('pipeline', '=', pipeline ?? '')])),
        )
        .limit(ROWS_PER_TRANSACTION)
        .select('id'),
    )
    .executeTakeFirst()
  return numDeletedRows
}

async function pruneWorkers(transaction: Transaction<LedgerTables>, before: number): Promise<bigint> {
  const { numDeletedRows } = await transaction
    .deleteFrom('worker')
    .where('id', 'in', (query) =>
      query
        .selectFrom('worker')
        .where('state', 'in', ['ended', 'lost'])
        .where('endedMs', '<', before)
        .limit(ROWS_PER_TRANSACTION)
        .select('id'),
    )
    .executeTakeFirst()
  return numDeletedRows
}

async function pruneRuns(
  transaction: Transaction<LedgerTables>,
  { before, pipeline }: PruneRestRequest,
): Promise<bigint> {
  const { numDeletedRows } = await transaction
    .deleteFrom('run')
    .where('id', 'in', (query) =>
      query
        .selectFrom('run')
        .where('state', '!=', 'running')
        .$if(pipeline !== undefined, (some) => some.where('pipeline', '=', pipeline ?? ''))
        .where('finishedMs', '<', before)
        .where((eb) =>
          eb.and(
            (['item', 'attempt', 'firing'] as const).map((table) =>
              eb.not(eb.exists(eb.selectFrom(table).whereRef(`${table}.runId`, '=', 'run.id').select('id'))),
            ),
          ),
        )
        .limit(ROWS_PER_TRANSACTION)
        .select('id'),
    )
    .executeTakeFirst()
  return numDeletedRows
}

async function pruneDays(
  transaction: Transaction<LedgerTables>,
  { before, pipeline }: PruneRestRequest,
): Promise<bigint> {
  const { numDeletedRows } = await transaction
    .deleteFrom('dayClose')
    .where('closedMs', '<', before)
    .$if(pipeline !== undefined, (some) => some.where('pipeline', '=', pipeline ?? ''))
    .executeTakeFirst()
  return numDeletedRows
}
