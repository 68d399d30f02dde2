import { createHash } from 'node:crypto'

/** What makes one load of one item itself and no other. */
export interface LoadIdentity {
  readonly pipeline: string
  readonly item: string
  /** sha256 hex of the bytes; for sources without bytes, the version they name. */
  readonly content: string
  readonly generation: number
}

/**
 * The key of a load in the destination's guard table: sha256 hex of (pipeline, item, content, generation).
 * Each part is preceded by its length, so that no two different identities can spell the same text.
 */
export function loadKey({ pipeline, item, content, generation }: LoadIdentity): string {
  return sha256Hex(
    [pipeline, item, content, String(generation)]
      .map((part) => `${Buffer.byteLength(part)}:${part}`)
      .join('|'),
  )
}

/** sha256 of a text's UTF-8 bytes, as 64 lower-case hex digits. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
