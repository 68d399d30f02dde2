import type { ItemState, RowCounts } from './item-state.ts'

const FORMAT = 'cauce-backup/1'

/** Where an archive of a day tells what is in it; no file in it may have its name. */
export const MANIFEST_NAME = 'MANIFEST.json'

/** Why a file is not in the archive of the day it ended on. */
export type Absence =
  /** Its bytes never arrived. */
  | 'not_read'
  /** The same bytes were loaded under another name. */
  | 'duplicate'
  /** No copy of it is made in its state. */
  | 'not_kept'
  /** It lies in the archive of another day. */
  | 'other_day'
  /** Its copy is gone, or is no longer what it was. */
  | 'missing'
  | 'damaged'

/** What an archive tells of one file: the ledger's own words. */
export interface ManifestItem extends RowCounts {
  readonly item: number
  readonly key: string
  /** Its name in the archive; null: it is not in it. */
  readonly file: string | null
  readonly absent: Absence | null
  readonly sha256: string | null
  readonly bytes: number | null
  readonly state: ItemState
  readonly loadKey: string | null
  readonly run: string
  /** Of the file at its source, and when the item ended: in ISO form, UTC. */
  readonly modifiedAt: string | null
  readonly endedAt: string | null
}

/** What an archive of a day holds: every file that ended on it. */
export interface DayManifest {
  readonly format: typeof FORMAT
  readonly pipeline: string
  readonly day: string
  readonly timezone: string
  readonly items: readonly ManifestItem[]
}

export function dayManifest(manifest: Omit<DayManifest, 'format'>): DayManifest {
  const { pipeline, day, timezone, items } = manifest
  return { format: FORMAT, pipeline, day, timezone, items }
}

/** A manifest as it stands in an archive; undefined: it is none of ours. */
export function parseManifest(text: string): DayManifest | undefined {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return undefined
  }
  return isManifest(found) ? found : undefined
}

function isManifest(value: unknown): value is DayManifest {
  if (typeof value !== 'object' || value === null) return false
  const { format, pipeline, day, timezone, items } = value as Partial<Record<keyof DayManifest, unknown>>
  return (
    format === FORMAT &&
    [pipeline, day, timezone].every((text) => typeof text === 'string') &&
    Array.isArray(items) &&
    items.every(isManifestItem)
  )
}

function isManifestItem(value: unknown): value is ManifestItem {
  if (typeof value !== 'object' || value === null) return false
  const { item, key, file, sha256, bytes } = value as Partial<Record<keyof ManifestItem, unknown>>
  if (!Number.isSafeInteger(item) || typeof key !== 'string') return false
  if (file === null) return true
  return typeof file === 'string' && typeof sha256 === 'string' && Number.isSafeInteger(bytes)
}
