import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownIdentity } from '../ledger/process-identity.ts'
import { clearSpool, openSpool } from './process-spool.ts'
import { projectHome } from './project-home.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cauce-spool-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const NOW_MS = 1_800_000_000_000

/** What a container says of itself to another that shares its home. */
const elsewhere = (namespace: number) => ({ host: 'cauce', pid: 1, start: `boot/pid:[${namespace}]/7` })

test('two containers on one home are both process 1 and have a part each, which the other neither sees nor takes away', async () => {
  const home = projectHome(folder)
  const one = await openSpool(home, elsewhere(1), 'worker')
  await using other = await openSpool(home, elsewhere(2), 'worker')
  writeFileSync(join(other.folder, 'rows.csv'), 'a')
  await one[Symbol.asyncDispose]()
  await clearSpool(home, NOW_MS)
  expect(readdirSync(other.folder).toSorted()).toEqual(['owner.json', 'rows.csv'])
  expect(readdirSync(home.spool)).toHaveLength(1)
})

test('the part of a process that is dead is removed, also one half removed; a living one and one in the making are kept', async () => {
  const home = projectHome(folder)
  const self = await ownIdentity()
  await using own = await openSpool(home, self)
  await openSpool(home, { ...self, start: self.start.replace(/\d+$/, '1') }, 'dead')
  mkdirSync(join(home.spool, 'run-half'))
  mkdirSync(join(home.spool, 'making-x'))
  utimesSync(join(home.spool, 'making-x'), NOW_MS / 1000 - 1, NOW_MS / 1000 - 1)
  mkdirSync(join(home.spool, 'making-y'))
  utimesSync(join(home.spool, 'making-y'), 1, 1)
  await clearSpool(home, NOW_MS)
  expect(
    readdirSync(home.spool)
      .map((name) => join(home.spool, name))
      .toSorted(),
  ).toEqual([own.folder, join(home.spool, 'making-x')].toSorted())
})
