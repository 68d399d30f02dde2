import { type Ledger, readLedger } from './ledger-access.ts'
import type { ItemRow } from './tables.ts'

/** What names an item: its id, the key of its load, or pipeline and key (the newest version then). */
export type ItemName =
  | { readonly id: number }
  | { readonly loadKey: string }
  | { readonly pipeline: string; readonly key: string }

export async function findItem(ledger: Ledger, name: ItemName): Promise<ItemRow | undefined> {
  return readLedger(ledger, (db) => {
    const newest = db.selectFrom('item').orderBy('id', 'desc').limit(1).selectAll()
    if ('id' in name) return newest.where('id', '=', name.id).executeTakeFirst()
    if ('loadKey' in name) return newest.where('loadKey', '=', name.loadKey).executeTakeFirst()
    return newest.where('pipeline', '=', name.pipeline).where('key', '=', name.key).executeTakeFirst()
  })
}
