import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Text } from '../../model/language.ts'

const names = readdirSync(import.meta.dirname)
  .filter((name) => /-(texts|words)\.ts$/.test(name))
  .map((name) => name.slice(0, -'.ts'.length))

/** Every text in a table, tables in tables included. */
function textsIn(value: unknown): readonly Text[] {
  if (typeof value !== 'object' || value === null) return []
  if ('en' in value && 'es' in value) return [value as Text]
  return Object.values(value).flatMap(textsIn)
}

const marks = (text: string): readonly string[] => [...new Set(text.match(/\{\w+\}/g))].toSorted()

test('both languages of a text tell the same values', async () => {
  const tables = await Promise.all(
    names.map(async (name) => (await import(new URL(`${name}.ts`, import.meta.url).href)) as unknown),
  )
  const texts = tables.flatMap(textsIn)
  expect(texts.length).toBeGreaterThan(100)
  for (const { en, es } of texts) expect(marks(es), en).toEqual(marks(en))
})
