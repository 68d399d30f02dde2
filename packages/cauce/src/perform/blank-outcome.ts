import { NO_ROWS } from '../model/item-state.ts'
import type { ItemOutcome, ItemTask } from './task.ts'

/** What is known of an item before anything was found out. */
export function blankOutcome({ item, known }: ItemTask): ItemOutcome {
  return {
    state: 'failed_system',
    counts: NO_ROWS,
    sizeBytes: item.entry.sizeBytes,
    sha256: known?.sha256,
    loadKey: known?.loadKey,
    rejectsSha256: undefined,
    ruleCounts: [],
    backup: undefined,
    sourceDeletedMs: undefined,
    replayedRecords: [],
    notes: [],
    error: undefined,
  }
}
