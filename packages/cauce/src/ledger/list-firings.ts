import { type Ledger, readLedger } from './ledger-access.ts'
import type { FiringRow } from './tables.ts'

/** All that is given must hold. */
export interface FiringFilter {
  readonly id?: number
  readonly pipeline?: string
  readonly states?: readonly FiringRow['state'][]
  /** Only older ones than this: where the page before ended. */
  readonly beforeId?: number
  /** At most so many; absent: all. */
  readonly limit?: number
}

/** Firings, the newest first. */
export async function listFirings(ledger: Ledger, filter: FiringFilter = {}): Promise<FiringRow[]> {
  const { id, pipeline, states, beforeId, limit } = filter
  // An empty list is no SQL everywhere.
  if (states?.length === 0) return []
  return readLedger(ledger, (db) => {
    let query = db.selectFrom('firing').orderBy('id', 'desc').selectAll()
    if (id !== undefined) query = query.where('id', '=', id)
    if (pipeline !== undefined) query = query.where('pipeline', '=', pipeline)
    if (states !== undefined) query = query.where('state', 'in', states)
    if (beforeId !== undefined) query = query.where('id', '<', beforeId)
    if (limit !== undefined) query = query.limit(limit)
    return query.execute()
  })
}
