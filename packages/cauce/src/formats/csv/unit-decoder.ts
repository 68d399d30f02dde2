import { isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import type { Encoding } from './encoding.ts'
import { unitsOf, type Units } from './units.ts'

/** Text for people: what cannot be shown as a character stands as `\xNN`. */
export interface ShownText {
  readonly text: string
  /** Whether any `\xNN` stands for a NUL or for a byte that means nothing in the encoding. */
  readonly undecodable: boolean
}

/** Turns code units of one encoding into text, and knows which of them mean nothing. */
export class UnitDecoder {
  readonly #encoding: Encoding
  readonly #lenient: TextDecoder
  readonly #strict: TextDecoder
  /** Bytes that a single-byte encoding gives no character to. */
  readonly #holes: readonly number[]

  constructor(encoding: Encoding) {
    this.#encoding = encoding
    // A mark inside the text is a character of it; the one at the start of the file never gets here.
    this.#lenient = new TextDecoder(encoding.name, { ignoreBOM: true })
    this.#strict = new TextDecoder(encoding.name, { ignoreBOM: true, fatal: true })
    this.#holes = encoding.kind === 'single-byte' ? this.#findHoles() : []
  }

  /** Whether every unit is part of a character. NUL is one, here. */
  isClean(units: Units): boolean {
    switch (this.#encoding.kind) {
      case 'utf-8':
        return isUtf8(units)
      case 'utf-16':
        return this.decode(units).isWellFormed()
      case 'single-byte':
        return this.#holes.every((hole) => !units.includes(hole))
      case 'multi-byte':
        return this.#decodesStrictly(units)
    }
  }

  /** The text of clean units. */
  decode(units: Units): string {
    if (this.#encoding.kind === 'utf-8') return asBytes(units).toString('utf8')
    if (this.#encoding.kind === 'utf-16') return asBytes(units).toString('utf16le')
    return this.#lenient.decode(units)
  }

  /** The text of any units, NUL and meaningless bytes shown as `\xNN`. */
  show(units: Units): ShownText {
    if (!units.includes(0) && this.isClean(units)) return { text: this.decode(units), undecodable: false }
    let text = ''
    let runStart = 0
    let at = 0
    while (at < units.length) {
      const length = units[at] === 0 ? 0 : this.#characterUnits(units, at)
      if (length > 0) {
        at += length
        continue
      }
      text += this.decode(units.subarray(runStart, at)) + this.#escapeUnit(units[at] ?? 0)
      at++
      runStart = at
    }
    return { text: text + this.decode(units.subarray(runStart)), undecodable: true }
  }

  /** The same for bytes as they stand in the file. */
  showBytes(bytes: Buffer): ShownText {
    if (this.#encoding.unitBytes === 1) return this.show(bytes)
    const whole = bytes.length - (bytes.length % 2)
    const { text, undecodable } = this.show(unitsOf(bytes.subarray(0, whole), this.#encoding))
    if (whole === bytes.length) return { text, undecodable }
    return { text: text + hexByte(bytes[whole] ?? 0), undecodable: true }
  }

  #findHoles(): number[] {
    return Array.from({ length: 256 }, (_, byte) => byte).filter(
      (byte) => !this.#decodesStrictly(Uint8Array.of(byte)),
    )
  }

  #decodesStrictly(units: Units): boolean {
    try {
      this.#strict.decode(units)
      return true
    } catch {
      return false
    }
  }

  /** How many units the character at `at` takes; 0 when there is none. */
  #characterUnits(units: Units, at: number): number {
    switch (this.#encoding.kind) {
      case 'utf-8':
        return utf8Length(units, at)
      case 'utf-16':
        return utf16Length(units, at)
      case 'single-byte':
        return this.#holes.includes(units[at] ?? 0) ? 0 : 1
      case 'multi-byte':
        return [1, 2, 3, 4].find((n) => this.#decodesStrictly(units.subarray(at, at + n))) ?? 0
    }
  }

  #escapeUnit(unit: number): string {
    if (this.#encoding.unitBytes === 1) return hexByte(unit)
    const low = hexByte(unit & 0xff)
    const high = hexByte(unit >> 8)
    return this.#encoding.swapped ? high + low : low + high
  }
}

function asBytes(units: Units): Buffer {
  return Buffer.isBuffer(units) ? units : Buffer.from(units.buffer, units.byteOffset, units.byteLength)
}

function hexByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0').toUpperCase()}`
}

function utf16Length(units: Units, at: number): number {
  const unit = units[at] ?? 0
  if (unit < 0xd800 || unit > 0xdfff) return 1
  const next = units[at + 1] ?? 0
  return unit < 0xdc00 && next >= 0xdc00 && next <= 0xdfff ? 2 : 0
}

/** The length of a well-formed UTF-8 sequence; shortest forms only, no surrogates, nothing above U+10FFFF. */
export function utf8Length(bytes: Units, at: number): number {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  const second = bytes[at + 1] ?? 0
  if (second < lowestSecond(lead) || second > highestSecond(lead)) return 0
  for (let i = at + 2; i < at + length; i++) if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return 0
  return length
}

function lowestSecond(lead: number): number {
  return lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
}

function highestSecond(lead: number): number {
  return lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
}
