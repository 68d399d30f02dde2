import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listItems } from '../../packages/cauce/src/ledger/list-items.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { ownIdentity } from '../../packages/cauce/src/ledger/process-identity.ts'
import { recordItems } from '../../packages/cauce/src/ledger/record-items.ts'
import { recordPlan } from '../../packages/cauce/src/ledger/record-plan.ts'
import { startRun } from '../../packages/cauce/src/ledger/start-run.ts'
import type { Plan } from '../../packages/cauce/src/model/plan.ts'
import { describeNeeding } from '../servers/shared-servers.ts'
import { mountTmpfs } from '../servers/tmpfs.ts'

const entries = Array.from({ length: 3000 }, (_, index) => ({
  key: `${index}`.padStart(300, 'x'),
  sizeBytes: 1,
  modifiedMs: 1,
}))

/** Takes all the room of a file system but for some bytes. */
async function fill(folder: string, leaveBytes: number): Promise<string> {
  const { bavail, bsize } = await statfs(folder)
  const filler = join(folder, 'filler')
  await writeFile(filler, Buffer.alloc(bavail * bsize - leaveBytes))
  return filler
}

describeNeeding('tmpfs')('a disk without room', () => {
  test('stops the ledger with DISK_FULL and loses nothing; with room it goes on', async () => {
    await using disk = await mountTmpfs(12)
    await using ledger = await openLedger(`sqlite:${join(disk.path, 'ledger.db')}`)
    const owner = await ownIdentity()
    const scope = { pipeline: 'visits', planHash: 'h1', owner, nowMs: 1 }
    await recordPlan(ledger, { plan: { pipeline: 'visits', hash: 'h1' } as Plan, nowMs: 1 })
    const run = await startRun(ledger, scope)
    const record = async () => recordItems(ledger, { ...scope, runId: run.id, boundHost: null, entries })
    const filler = await fill(disk.path, 1_000_000)
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(record()).rejects.toMatchObject({
        code: 'DISK_FULL',
        message: expect.stringContaining(String(ledger.path)),
      })
    const kept = await listItems(ledger)
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length % 500).toBe(0)
    await rm(filler)
    expect((await record()).filter(({ isNew }) => isNew)).toHaveLength(entries.length - kept.length)
    expect(await listItems(ledger)).toHaveLength(entries.length)
  })

  test('takes no new ledger, and says where', async () => {
    await using disk = await mountTmpfs(1)
    await fill(disk.path, 8192)
    const path = join(disk.path, 'home', 'ledger.db')
    await expect(openLedger(`sqlite:${path}`)).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringContaining(path),
    })
  })
})
