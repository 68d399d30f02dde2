import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { draftName, hostWord } from '../perform/draft-name.ts'
import { clearDrafts } from './clear-drafts.ts'

const NOW_MS = 1_800_000_000_000
const KEY = 'a'.repeat(64)
/** More than any process can have. */
const NOBODY = 2 ** 22 + 1

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cauce-drafts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('drafts of the dead go, and those of other machines after a day; whole files, living drafts and what is not ours stay', async () => {
  const home = { rejects: join(folder, 'rejects'), replays: join(folder, 'replays') }
  const backups = join(folder, 'backup')
  for (const place of [home.rejects, join(backups, '20260101'), join(backups, 'other')])
    mkdirSync(place, { recursive: true })
  const put = (path: string, atMs = NOW_MS) => {
    writeFileSync(path, '')
    utimesSync(path, atMs / 1000, atMs / 1000)
    return path
  }
  const dead = (place: string, host = hostWord()) => `${place}.${host}.${NOBODY}.0123abcd.part`
  const rejects = join(home.rejects, `${KEY}.parquet`)
  const backup = join(backups, '20260101', KEY)
  const kept = [
    put(rejects),
    put(backup),
    put(draftName(rejects)),
    put(dead(rejects, 'elsewhere')),
    put(dead(join(backups, 'other', KEY))),
    put(dead(join(home.rejects, 'notes.txt'))),
  ]
  put(dead(rejects))
  put(dead(backup))
  put(dead(`${rejects.slice(0, -9)}b.parquet`, 'elsewhere'), NOW_MS - 86_400_001)
  await clearDrafts(home, backups, NOW_MS)
  const left = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  expect(left.toSorted()).toEqual(kept.toSorted())
})
