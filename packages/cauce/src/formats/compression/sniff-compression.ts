/** Ways of packing that we can undo. */
export type Compression = 'gzip' | 'zstd' | 'zip'

/** Ways of packing that we know when we see them, and refuse by name. */
export type ForeignCompression = 'bzip2' | 'xz' | '7z' | 'lz4' | 'rar'

/** Bytes enough for `sniffCompression`. */
export const MAGIC_BYTES = 10

const BZIP2 = [0x42, 0x5a, 0x68]

const MAGICS: readonly (readonly [Compression | ForeignCompression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  // A zstd file may begin with any of sixteen kinds of frame to be skipped.
  ...Array.from({ length: 16 }, (_, i) => ['zstd', [0x50 + i, 0x2a, 0x4d, 0x18]] as const),
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ...Array.from({ length: 9 }, (_, i) => ['bzip2', [...BZIP2, 0x31 + i, 0x31, 0x41, 0x59, 0x26]] as const),
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
]

/** How a file is packed, by its first bytes; undefined: not, as far as we know. Its name is never asked. */
export function sniffCompression(head: Uint8Array): Compression | ForeignCompression | undefined {
  return MAGICS.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0]
}
