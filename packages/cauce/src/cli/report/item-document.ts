import type { ItemRow } from '../../ledger/tables.ts'
import { storedError } from '../../ledger/stored-error.ts'
import type { Speaker } from '../speaker.ts'

/** An item as `--json` shows it; times in ISO form, UTC. */
export function itemDocument(item: ItemRow, label: string, { language }: Speaker) {
  const error = storedError(item)
  return {
    id: item.id,
    pipeline: item.pipeline,
    key: item.key,
    kind: item.kind,
    state: item.state,
    label,
    read: item.read,
    loaded: item.loaded,
    rejected: item.rejected,
    skipped: item.skipped,
    warnings: item.warnings,
    attempts: item.attempts,
    run: item.runId,
    sizeBytes: item.sizeBytes,
    modifiedAt: isoMoment(item.modifiedMs),
    sha256: item.sha256,
    loadKey: item.loadKey,
    originLoadKey: item.originLoadKey,
    backup: item.backup,
    discoveredAt: isoMoment(item.discoveredMs),
    finishedAt: isoMoment(item.finishedMs),
    sourceDeletedAt: isoMoment(item.sourceDeletedMs),
    error:
      error === undefined ? null : { code: error.code, class: error.class, text: error.textIn(language) },
  }
}

/** Milliseconds since 1970 UTC in ISO form. */
export function isoMoment(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
