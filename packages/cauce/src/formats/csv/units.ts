import type { Encoding } from './encoding.ts'

/** Code units of a file: bytes, or 16-bit units in the machine's own order. */
export type Units = Uint8Array | Uint16Array

/**
 * Completes half a unit at the end of a cut file, so that it is met as what it is: the added byte makes it the first half of
 * a surrogate pair that never comes, which no reader takes for a character.
 *
 * @returns the new number of bytes, even.
 */
export function padHalfUnit(bytes: Buffer, filledBytes: number, encoding: Encoding): number {
  if (filledBytes % 2 === 0) return filledBytes
  bytes[filledBytes] = 0xd8
  if (encoding.name === 'utf-16be') {
    bytes[filledBytes] = bytes[filledBytes - 1] ?? 0
    bytes[filledBytes - 1] = 0xd8
  }
  return filledBytes + 1
}

/** The first `filledBytes` of a buffer as code units, without copying. */
export function asUnits(bytes: Buffer, filledBytes: number, unitBytes: 1 | 2): Units {
  if (unitBytes === 1) return bytes.subarray(0, filledBytes)
  return new Uint16Array(bytes.buffer, bytes.byteOffset, filledBytes / 2)
}

/** Room for so many code units, not cleared; small ones come from Node's pool, whose slices are aligned. */
export function roomFor(length: number, unitBytes: 1 | 2): Units {
  return asUnits(Buffer.allocUnsafe(length * unitBytes), length * unitBytes, unitBytes)
}

/** Bytes as they stand in a file, copied into code units; half a unit at the end is completed. */
export function unitsOf(bytes: Buffer, encoding: Encoding): Units {
  if (encoding.unitBytes === 1) return bytes
  const copy = Buffer.allocUnsafeSlow(bytes.length + (bytes.length % 2))
  bytes.copy(copy)
  const filledBytes = padHalfUnit(copy, bytes.length, encoding)
  if (encoding.swapped) copy.swap16()
  return asUnits(copy, filledBytes, 2)
}
