import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redactor } from './redactor.ts'

/** Secrets people have: anything of four characters or more; stars are what stands in their place. */
const secret = fc
  .oneof(
    fc.string({ minLength: 4, maxLength: 40 }),
    fc.string({ minLength: 4, maxLength: 40, unit: 'grapheme' }),
    fc.string({
      minLength: 4,
      maxLength: 12,
      unit: fc.constantFrom('"', "'", '\\', '/', '%', '+', ' ', '@', '\n', 'a', 'ñ', '&', '😀'),
    }),
  )
  .filter((text) => text.isWellFormed() && !text.includes('*') && Array.from(text).length >= 4)

const around = fc.string({
  maxLength: 20,
  unit: fc.constantFrom('a', 'Z', '0', ' ', '"', '\\', '/', '=', 'é', '\n', ':', '%'),
})

const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in small letters': (text) =>
    encodeURIComponent(text).replace(/%../g, (mark) => mark.toLowerCase()),
  'percent-encoded as an address': encodeURI,
  'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'percent-encoded whole': (text) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'a form': (text) => new URLSearchParams({ a: text }).toString().slice(2).replaceAll('%0D%0A', '%0A'),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  'JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  'JSON in JSON in JSON': (text) => JSON.stringify(JSON.stringify(JSON.stringify(text))).slice(7, -7),
  'JSON in ASCII': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'single quotes of SQL': (text) => text.replaceAll("'", "''"),
  'quoted name of SQL': (text) => text.replaceAll('"', '""'),
  hex: (text) => Buffer.from(text).toString('hex'),
  HTML: (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
}

describe('a secret is gone from a text', () => {
  test.each(Object.entries(ENCODINGS))('%s', (_name, encode) => {
    fc.assert(
      fc.property(secret, around, around, (password, before, after) => {
        const told = encode(password)
        const text = `${before}${told}${after}`
        const redacted = redactor([password])(text)
        expect(redacted).toContain('***')
        expect(redacted).not.toContain(told)
        expect(redacted).not.toContain(password)
      }),
      { numRuns: 60 },
    )
  })

  test.each(['base64', 'base64url'] as const)(
    'in %s, alone or with what stands before and after it',
    (encoding) => {
      fc.assert(
        fc.property(
          secret,
          fc.string({ maxLength: 7 }),
          fc.string({ maxLength: 7 }),
          around,
          (password, user, rest, before) => {
            const token = Buffer.from(`${user}${password}${rest}`).toString(encoding)
            const redacted = redactor([password])(`${before} ${token} end`)
            expect(redacted).not.toContain(token)
            // Nothing that is left decodes to it.
            for (const [left] of redacted.matchAll(/[A-Za-z0-9+/_=-]{4,}/g))
              expect(Buffer.from(left, encoding).toString()).not.toContain(password)
          },
        ),
        { numRuns: 60 },
      )
    },
  )

  test('when several share characters', () => {
    fc.assert(
      fc.property(secret, secret, fc.nat(3), (one, other, shared) => {
        const joined = `${one}${other}`
        const cross = joined.slice(Math.max(0, one.length - 2 - shared), one.length + 2)
        fc.pre(cross.isWellFormed() && Array.from(cross).length >= 4)
        const redacted = redactor([one, other, cross])(`<${joined}>`)
        expect(redacted).toBe('<***>')
      }),
    )
  })
})

describe('a short secret', () => {
  test('is gone as a word, and leaves other words alone', () => {
    const redact = redactor(['ab'])
    expect(redact('mysql://root:ab@host/cab')).toBe('mysql://root:***@host/cab')
    expect(redact('using password ab.')).toBe('using password ***.')
    expect(redact(`Basic ${Buffer.from('ab').toString('base64')}`)).toBe('Basic ***=')
  })

  test('of no characters is none', () => {
    expect(redactor(['', '***'])('as it was *** ')).toBe('as it was *** ')
  })
})

describe('a text is looked through in a moment', () => {
  test.each([
    ['backslashes', '\\'.repeat(12), '\\'.repeat(20_000)],
    ['quotes', `${"'".repeat(30)}x`, "'".repeat(20_000)],
    ['percent signs', '%25'.repeat(10), '%25'.repeat(10_000)],
    ['the beginnings of itself', `${'a'.repeat(60)}b`, 'a'.repeat(20_000)],
    ['zeros of HTML', '&&&&&', '&#0'.repeat(5_000)],
  ])('%s', (_name, password, text) => {
    const startMs = performance.now()
    redactor([password])(text)
    expect(performance.now() - startMs).toBeLessThan(2_000)
  })

  test('also for a key of four thousand characters', () => {
    const key = Buffer.from(Array.from({ length: 3_000 }, (_, index) => (index * 7) % 251)).toString('base64')
    const redact = redactor([key])
    const line = `connecting with ${key} to the server`
    const startMs = performance.now()
    for (let count = 0; count < 20; count++) expect(redact(line)).toBe('connecting with *** to the server')
    expect(performance.now() - startMs).toBeLessThan(2_000)
  })
})
