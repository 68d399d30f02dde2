import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { CloseScene } from '../ops/close-day/close-scene.test-kit.ts'
import { keptBytes } from './kept-bytes.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

test('what was backed up is found again, before and after its day became one archive', async () => {
  const day = await CloseScene.open({ zip: 'daily' })
  for (const key of ['a.txt', 'b/a.txt'])
    await day.add({ key, content: `content of ${key}`, state: 'ready', at: '2026-11-24T08:00' })
  const read = async (): Promise<readonly string[]> =>
    Promise.all(
      (await day.items()).map(async ({ backup, sha256: hash, key }) =>
        String(await buffer(await keptBytes({ path: String(backup), sha256: String(hash) }, key))),
      ),
    )
  expect(await read()).toEqual(['content of a.txt', 'content of b/a.txt'])
  await day.close('2026-11-24', '2026-11-25T00:00')
  expect(day.backupFiles()).toEqual(['backup_20261124.zip'])
  expect(await read()).toEqual(['content of a.txt', 'content of b/a.txt'])
  const other = { path: day.archive('2026-11-24'), sha256: sha256('something else') }
  await expect(keptBytes(other, 'c.txt')).rejects.toMatchObject({ code: 'BACKUP_FAILED' })
})
