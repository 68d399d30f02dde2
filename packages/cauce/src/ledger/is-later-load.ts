import { type Ledger, readLedger } from './ledger-access.ts'
import type { ItemRow } from './tables.ts'

/**
 * Whether a load is one of a version of an item's key that was recorded after it. The ledger knows every load before it can be
 * committed; one it does not know is not later, whoever made it.
 */
export async function isLaterLoad(
  ledger: Ledger,
  { id, pipeline, key }: Pick<ItemRow, 'id' | 'pipeline' | 'key'>,
  loadKey: string,
): Promise<boolean> {
  const found = await readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('pipeline', '=', pipeline)
      .where('key', '=', key)
      .where('loadKey', '=', loadKey)
      .where('id', '>', id)
      .select('id')
      .limit(1)
      .executeTakeFirst(),
  )
  return found !== undefined
}
