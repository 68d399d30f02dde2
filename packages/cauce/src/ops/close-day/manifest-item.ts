import type { ManifestItem } from '../../model/day-manifest.ts'
import type { DayItem } from '../../ledger/day-items.ts'

/** One item's line. */
export function manifestItem(
  item: DayItem,
  { file, absent }: Pick<ManifestItem, 'file' | 'absent'>,
): ManifestItem {
  const { id, key, state, sha256, sizeBytes, loadKey, runId, modifiedMs, finishedMs } = item
  const { read, loaded, rejected, skipped, warnings } = item
  return {
    item: id,
    key,
    file,
    absent,
    sha256,
    bytes: sizeBytes,
    state,
    loadKey,
    run: runId,
    read,
    loaded,
    rejected,
    skipped,
    warnings,
    modifiedAt: isoMoment(modifiedMs),
    endedAt: isoMoment(finishedMs),
  }
}

function isoMoment(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
