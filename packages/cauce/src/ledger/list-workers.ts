import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import type { WorkerRow } from './tables.ts'

/** Silent for so many leases, a process is taken for lost. */
const SILENT_LEASES = 3

const ALIVE = ['working', 'stopping'] as const

/**
 * Every process that ever registered and was not pruned, the newest first. With `leaseMs`, those silent for three of them are
 * marked `lost` before.
 */
export async function listWorkers(
  ledger: Ledger,
  { nowMs, leaseMs }: { readonly nowMs: number; readonly leaseMs?: number | undefined },
): Promise<WorkerRow[]> {
  if (leaseMs !== undefined) await markLost(ledger, nowMs, nowMs - SILENT_LEASES * leaseMs)
  return readLedger(ledger, (db) =>
    db.selectFrom('worker').orderBy('startedMs', 'desc').orderBy('id').selectAll().execute(),
  )
}

async function markLost(ledger: Ledger, nowMs: number, silentSinceMs: number): Promise<void> {
  const silent = await readLedger(ledger, (db) =>
    db
      .selectFrom('worker')
      .where('state', 'in', ALIVE)
      .where('beatMs', '<', silentSinceMs)
      .select('id')
      .execute(),
  )
  if (silent.length === 0) return
  await writeLedger(ledger, (transaction) =>
    transaction
      .updateTable('worker')
      .set({ state: 'lost', endedMs: nowMs })
      .where('state', 'in', ALIVE)
      .where('beatMs', '<', silentSinceMs)
      .execute(),
  )
}
