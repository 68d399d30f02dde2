import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodingOf } from './encoding.ts'
import { UnitDecoder, utf8Length } from './unit-decoder.ts'

const decoderOf = (label: string): UnitDecoder => new UnitDecoder(encodingOf(label))

describe('shown text', () => {
  test.each<[string, number[], string, boolean]>([
    ['utf-8', [0x61, 0xc3, 0xa9, 0x62], 'aéb', false],
    ['utf-8', [0x61, 0x00, 0x62], 'a\\x00b', true],
    ['utf-8', [0xc3, 0x28, 0xe2, 0x82], '\\xC3(\\xE2\\x82', true],
    ['utf-8', [0xed, 0xa0, 0x80], '\\xED\\xA0\\x80', true],
    ['utf-8', [0xef, 0xbf, 0xbd], '\ufffd', false],
    ['utf-8', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa', false],
    ['windows-1252', [0x80, 0x81, 0xe9], '€\u0081é', false],
    ['windows-1253', [0xe9, 0xd2], 'ι\\xD2', true],
    ['shift_jis', [0x83, 0x5c, 0x83], 'ソ\\x83', true],
    ['gb18030', [0x84, 0x31, 0xa4, 0x37, 0xff], '\ufffd\\xFF', true],
    ['utf-16le', [0x61, 0x00, 0x3d, 0xd8, 0x00, 0xde], 'a\u{1f600}', false],
    ['utf-16le', [0x3d, 0xd8, 0x61, 0x00], '\\x3D\\xD8a', true],
    ['utf-16be', [0xd8, 0x3d, 0x00, 0x61, 0x00], '\\xD8\\x3Da\\x00', true],
    ['utf-16be', [0x00, 0x00], '\\x00\\x00', true],
  ])('in %s of %j is %j', (label, bytes, text, undecodable) => {
    expect(decoderOf(label).showBytes(Buffer.from(bytes))).toEqual({ text, undecodable })
  })

  test('of clean text is the text, in any encoding that can write it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (raw) => {
        const text = raw.replaceAll('\0', '')
        for (const [label, bytes] of [
          ['utf-8', Buffer.from(text)],
          ['utf-16le', Buffer.from(text, 'utf16le')],
          ['utf-16be', Buffer.from(text, 'utf16le').swap16()],
        ] as const)
          expect(decoderOf(label).showBytes(bytes)).toEqual({ text, undecodable: false })
      }),
    )
  })
})

test('our own length of UTF-8 sequences agrees with the validator of the platform', () => {
  const byteArb = fc.oneof(
    fc.nat(255),
    fc.constantFrom(0x80, 0xbf, 0xc2, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f),
  )
  const passes = (bytes: Uint8Array): boolean => {
    let at = 0
    while (at < bytes.length) {
      const length = utf8Length(bytes, at)
      if (length === 0) return false
      at += length
    }
    return at === bytes.length
  }
  fc.assert(
    fc.property(fc.array(byteArb, { maxLength: 8 }), (bytes) => {
      expect(passes(Uint8Array.from(bytes))).toBe(isUtf8(Uint8Array.from(bytes)))
    }),
    { numRuns: 2000 },
  )
})

describe('the names of encodings', () => {
  test.each([
    ['UTF8', 'utf-8'],
    ['latin-1', 'windows-1252'],
    ['iso-8859-1', 'windows-1252'],
    ['cp1250', 'windows-1250'],
    ['cp866', 'ibm866'],
    ['mac_roman', 'macintosh'],
    ['ISO-8859-15', 'iso-8859-15'],
  ])('include %s, which is %s', (label, name) => {
    expect(encodingOf(label).name).toBe(name)
  })
})
