import { CauceError } from '../model/cauce-error.ts'
import { findItem } from '../ledger/find-item.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import type { ItemRow } from '../ledger/tables.ts'

/**
 * The load whose rejects are mended and replayed by naming this item.
 * @throws {CauceError} REJECTS_OF_REPLAY naming the origin: a row has one place it is mended from, however often it failed;
 * REJECTS_NONE when the item was never loaded
 */
export async function mendableLoad(ledger: Ledger, item: ItemRow): Promise<string> {
  const { loadKey, originLoadKey } = item
  if (originLoadKey !== null) {
    const origin = await findItem(ledger, { loadKey: originLoadKey })
    throw new CauceError('REJECTS_OF_REPLAY', {
      item: item.key,
      origin: origin?.key ?? originLoadKey,
      number: origin?.id ?? 0,
    })
  }
  if (loadKey === null) throw new CauceError('REJECTS_NONE', { item: item.key, state: item.state })
  return loadKey
}
