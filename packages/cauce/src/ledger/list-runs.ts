import type { RunState } from '../model/item-state.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import type { RunRow } from './tables.ts'

/** All that is given must hold. */
export interface RunFilter {
  readonly pipeline?: string
  readonly states?: readonly RunState[]
  /** Only older ones than this: where the page before ended. */
  readonly beforeId?: string
  /** At most so many; absent: all. */
  readonly limit?: number
}

/** Runs, the newest first. */
export async function listRuns(ledger: Ledger, filter: RunFilter = {}): Promise<RunRow[]> {
  const { pipeline, states, beforeId, limit } = filter
  // An empty list is no SQL everywhere.
  if (states?.length === 0) return []
  return readLedger(ledger, (db) => {
    let query = db.selectFrom('run').orderBy('id', 'desc').selectAll()
    if (pipeline !== undefined) query = query.where('pipeline', '=', pipeline)
    if (states !== undefined) query = query.where('state', 'in', states)
    if (beforeId !== undefined) query = query.where('id', '<', beforeId)
    if (limit !== undefined) query = query.limit(limit)
    return query.execute()
  })
}
