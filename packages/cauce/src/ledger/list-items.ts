import { sql } from 'kysely'
import type { ItemState } from '../model/item-state.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import type { ItemRow } from './tables.ts'

/** All that is given must hold. */
export interface ItemFilter {
  readonly pipeline?: string
  readonly states?: readonly ItemState[]
  /** The run that touched them last. */
  readonly runId?: string
  readonly key?: string
  /** Part of the key, upper and lower case alike. */
  readonly keyContains?: string
  /** Only older ones than this: where the page before ended. */
  readonly beforeId?: number
  /** At most so many; absent: all. */
  readonly limit?: number
}

/** Items, the newest first. */
export async function listItems(ledger: Ledger, filter: ItemFilter = {}): Promise<ItemRow[]> {
  const { pipeline, states, runId, key, keyContains, beforeId, limit } = filter
  // An empty list is no SQL everywhere.
  if (states?.length === 0) return []
  return readLedger(ledger, (db) => {
    let query = db.selectFrom('item').orderBy('id', 'desc').selectAll()
    if (pipeline !== undefined) query = query.where('pipeline', '=', pipeline)
    if (states !== undefined) query = query.where('state', 'in', states)
    if (runId !== undefined) query = query.where('runId', '=', runId)
    if (key !== undefined) query = query.where('key', '=', key)
    if (keyContains !== undefined) {
      const pattern = `%${keyContains.replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`
      query = query.where(sql<boolean>`lower(key) like lower(${pattern}) escape '\\'`)
    }
    if (beforeId !== undefined) query = query.where('id', '<', beforeId)
    if (limit !== undefined) query = query.limit(limit)
    return query.execute()
  })
}
