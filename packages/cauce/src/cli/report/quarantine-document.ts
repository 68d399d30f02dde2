import type { ItemRow } from '../../ledger/tables.ts'
import type { Speaker } from '../speaker.ts'
import { isoMoment, itemDocument } from './item-document.ts'

/** An item in quarantine as `--json` shows it: the item, its folder, and when it is tried again by itself. */
export function quarantineDocument(item: ItemRow, label: string, speaker: Speaker) {
  const isTimed = item.state === 'failed_system' && item.dueMs > 0 && item.dueMs < Number.MAX_SAFE_INTEGER
  return {
    ...itemDocument(item, label, speaker),
    quarantine: item.quarantine,
    quarantinedAt: isoMoment(item.quarantinedMs),
    triedAgainAt: isTimed ? isoMoment(item.dueMs) : null,
  }
}
