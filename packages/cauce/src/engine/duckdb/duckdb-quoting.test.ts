import fc from 'fast-check'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mkdtemp, rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openEngine } from './open-engine.ts'
import { quoteName, quoteText } from '../../plan/duckdb/quote.ts'

test('any text comes back from its literal, and any name from its quoted form', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-quote-'))
  const engine = await openEngine({ spoolDirectory: folder, memoryMb: 64 })
  try {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    const nasty = fc.oneof(text, fc.constantFrom(`'`, `"`, `--`, `'; DROP TABLE x; --`, `\\`, `$$`))
    await fc.assert(
      fc.asyncProperty(nasty, async (given) => {
        const value = given.replaceAll('\0', '0')
        const rows = await engine.rows(`SELECT ${quoteText(value)} AS ${quoteName(value)}`)
        expect(rows).toEqual([{ [value]: value }])
      }),
      { numRuns: 200 },
    )
  } finally {
    await engine.close()
    await rm(folder, { recursive: true })
  }
})

test('a NUL, at which the parser stops reading, is an error and not a shorter statement', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-quote-'))
  const engine = await openEngine({ spoolDirectory: folder, memoryMb: 64 })
  try {
    await expect(engine.scalar(`SELECT ${quoteText("a\0'b")}`)).rejects.toThrow('unterminated quoted string')
    await expect(engine.scalar(`SELECT 1 AS ${quoteName('a\0"b')}`)).rejects.toThrow('unterminated quoted')
  } finally {
    await engine.close()
    await rm(folder, { recursive: true })
  }
})
