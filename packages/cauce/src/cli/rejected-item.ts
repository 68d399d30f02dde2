import { CauceError } from '../model/cauce-error.ts'
import { findNamedItem } from '../ops/find-named-item.ts'
import type { ItemRow } from '../ledger/tables.ts'
import type { OpenProject } from './open-project.ts'

/** The item a person names, with its rejects. @throws {CauceError} ITEM_UNKNOWN, ITEM_AMBIGUOUS, REJECTS_NONE */
export async function rejectedItem(
  open: OpenProject | undefined,
  name: string,
  pipeline: string | undefined,
): Promise<ItemRow> {
  if (open === undefined) throw new CauceError('ITEM_UNKNOWN', { item: name, ledger: '' })
  const item = await findNamedItem(open.ledger, { name, pipeline, accepts: ({ rejected }) => rejected > 0 })
  if (item.rejected === 0) throw new CauceError('REJECTS_NONE', { item: item.key, state: open.labelOf(item) })
  return item
}
