import fc from 'fast-check'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mkdtemp, rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openEngine } from './open-engine.ts'
import { quoteName, quoteText } from './quote.ts'

test('any text comes back from its literal, and any name from its quoted form', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-quote-'))
  const engine = await openEngine({ spoolDirectory: folder, memoryMb: 64 })
  try {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    const nasty = fc.oneof(text, fc.constantFrom(`'`, `"`, `--`, `'; DROP TABLE x; --`, `a\0b`, `\\`, `$$`))
    await fc.assert(
      fc.asyncProperty(nasty, async (value) => {
        const name = value.replaceAll('\0', '0')
        const rows = await engine.rows(`SELECT ${quoteText(value)} AS ${quoteName(name)}`)
        expect(rows).toEqual([{ [name]: value }])
      }),
      { numRuns: 200 },
    )
  } finally {
    await engine.close()
    await rm(folder, { recursive: true })
  }
})

test('a name with a NUL, at which the parser would stop reading, is refused', () => {
  expect(() => quoteName('a\0b')).toThrow(/NUL/)
  expect(() => quoteName('')).toThrow(/empty/)
})
