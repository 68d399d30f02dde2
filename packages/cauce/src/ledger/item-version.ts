import type { ItemRow } from './tables.ts'

/** What a source's listing says of one version of an item. */
export interface ListedVersion {
  readonly key: string
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** What tells versions of a key apart; `sizeBytes:modifiedMs` when the source has nothing better. */
  readonly version?: string
}

export function versionOf({ version, sizeBytes, modifiedMs }: ListedVersion): string {
  return version ?? `${sizeBytes}:${modifiedMs}`
}

/** What was listed of a recorded item, to be asked for again. */
export function listedVersion(
  item: Pick<ItemRow, 'key' | 'version' | 'sizeBytes' | 'modifiedMs'>,
): ListedVersion {
  const { key, version } = item
  const facts = { key, sizeBytes: item.sizeBytes ?? 0, modifiedMs: item.modifiedMs ?? 0 }
  return version === versionOf(facts) ? facts : { ...facts, version }
}
