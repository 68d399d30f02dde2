import type { SourceEntry } from '../source.ts'

/** What S3 says of an object, in a listing or when asked for it alone. */
export interface ObjectFacts {
  readonly ETag?: string | undefined
  readonly LastModified?: Date | undefined
}

/**
 * An object as an entry. Listings of some servers tell milliseconds, the answer to a question for one object never does: times
 * are cut to seconds. Within one second the ETag tells versions apart.
 */
export function entryFrom(
  key: string,
  sizeBytes: number,
  { ETag: etag, LastModified: at }: ObjectFacts,
): SourceEntry {
  const modifiedMs = Math.floor((at?.getTime() ?? 0) / 1_000) * 1_000
  return { key, sizeBytes, modifiedMs, version: `${bare(etag ?? '')}:${sizeBytes}:${modifiedMs}` }
}

/** The ETag as conditions want it, quotes included; undefined when the entry was recorded without. */
export function etagOf({ version }: SourceEntry): string | undefined {
  const etag = /^(.+):\d+:\d+$/.exec(version ?? '')?.[1]
  return etag === undefined ? undefined : `"${etag}"`
}

function bare(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1')
}
