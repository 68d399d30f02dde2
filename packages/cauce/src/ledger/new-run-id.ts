import { randomBytes } from 'node:crypto'

/** Crockford's alphabet: no letter that reads like a digit, and text order is value order. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 26 letters and digits that sort by time (10 for `nowMs`, 16 at random), in the form of a ULID. */
export function newRunId(nowMs: number): string {
  return spell(BigInt(nowMs), 10) + spell(BigInt(`0x${randomBytes(10).toString('hex')}`), 16)
}

function spell(value: bigint, length: number): string {
  return Array.from(
    { length },
    (_, place) => ALPHABET[Number((value >> BigInt(5 * (length - 1 - place))) & 31n)],
  ).join('')
}
