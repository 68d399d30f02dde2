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
