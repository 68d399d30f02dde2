import { findNamedItem } from '../ops/find-named-item.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { QUARANTINED_STATES } from '../ledger/list-quarantine.ts'
import type { ItemRow } from '../ledger/tables.ts'

/** The item a person names, that which is in quarantine where several versions have its name. @throws {CauceError} ITEM_UNKNOWN, ITEM_AMBIGUOUS */
export async function quarantinedItem(
  ledger: Ledger,
  name: string,
  pipeline: string | undefined,
): Promise<ItemRow> {
  const accepts = ({ state }: ItemRow): boolean => QUARANTINED_STATES.some((known) => known === state)
  return findNamedItem(ledger, { name, pipeline, accepts })
}
