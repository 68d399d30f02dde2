import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findNul } from './find-nul.ts'

test('a NUL is found in its row and column, whatever texts before it hold', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-nul-'))
  const path = join(folder, 'staged')
  await writeFile(path, `1,"a ""b"",\n",NULL\n${'2,"x",NULL\n'.repeat(20_000)}3,"","q""\0"\n`)
  expect(await findNul(path)).toEqual({ row: 20_002, column: 2 })
  await rm(folder, { recursive: true })
})
