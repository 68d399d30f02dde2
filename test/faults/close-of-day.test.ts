import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { findDayClose } from '../../packages/cauce/src/ledger/day-close.ts'
import { CLOSE_FAILPOINTS } from '../../packages/cauce/src/model/failpoint.ts'
import type { CloseOrder } from '../../packages/cauce/src/ops/close-day/close-main.test-kit.ts'
import { CloseScene } from '../../packages/cauce/src/ops/close-day/close-scene.test-kit.ts'
import { describeNeeding } from '../servers/shared-servers.ts'
import { mountTmpfs } from '../servers/tmpfs.ts'
import { readZip } from '../../packages/cauce/src/ops/close-day/read-zip.test-kit.ts'

const DAY = '2026-11-24'
const NEXT = '2026-11-25T00:00'
const FILES = 12

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** A day with an archive already, and as many files again since. */
async function halfClosedDay(bytesPerFile: number): Promise<{ day: CloseScene; hashes: readonly string[] }> {
  const day = await CloseScene.open({ zip: 'daily' })
  const hashes: string[] = []
  for (let number = 0; number < FILES; number++) {
    const content = randomBytes(bytesPerFile)
    hashes.push(sha256(content))
    await day.add({ key: `report_${number}.bin`, content, state: 'ready', at: `${DAY}T08:00` })
    if (number === FILES / 2) await day.close(DAY, `${DAY}T09:00`)
  }
  return { day, hashes }
}

/** Closes the day in a process of its own; resolves to how it ended. */
function closeElsewhere(day: CloseScene, failAt?: string) {
  const { ledger, clock: _clock, ...request } = day.request
  const order: CloseOrder = {
    ledgerPath: String(ledger.path),
    nowMs: Date.parse(`${NEXT}Z`),
    request: { ...request, day: DAY },
  }
  const main = fileURLToPath(
    new URL('../../packages/cauce/src/ops/close-day/close-main.test-kit.ts', import.meta.url),
  )
  const child = spawn(process.execPath, [main, JSON.stringify(order)], {
    env: { ...process.env, NODE_OPTIONS: '', CAUCE_FAIL_AT: failAt },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(signal ?? code))
  })
  return { child, ended }
}

/** Every file's bytes lie somewhere: in a sound archive, or in a copy of its own. */
async function expectNothingLost(day: CloseScene, hashes: readonly string[]): Promise<void> {
  const found = new Set(
    day
      .backupFiles()
      .filter((name) => /^\d{8}\/[0-9a-f]{64}$/.test(name))
      .map((name) => sha256(readFileSync(join(day.backups, name)))),
  )
  if (existsSync(day.archive(DAY)))
    for (const bytes of (await readZip(day.archive(DAY))).files.values()) found.add(sha256(bytes))
  expect(hashes.filter((hash) => !found.has(hash))).toEqual([])
}

/** What the day looks like when nobody disturbed it. */
async function expectClosed(day: CloseScene, hashes: readonly string[]): Promise<void> {
  const { files } = await readZip(day.archive(DAY))
  expect([...files.values()].map(sha256).toSorted()).toEqual([...hashes].toSorted())
  expect(day.backupFiles()).toEqual(['backup_20261124.zip'])
  expect(readdirSync(join(day.folder, 'home/reports/visitas')).toSorted()).toEqual([
    'report_20261124.html',
    'report_20261124.json',
    'report_20261124.md',
  ])
  expect(new Set((await day.items()).map(({ backup }) => backup))).toEqual(new Set([day.archive(DAY)]))
  expect(await findDayClose(day.ledger, { pipeline: 'visitas', day: DAY })).toMatchObject({
    backupSha256: sha256(readFileSync(day.archive(DAY))),
    figures: { files: { total: FILES } },
  })
}

test.each(CLOSE_FAILPOINTS)(
  'killed at %s: nothing is lost, and the next close ends it',
  async (failpoint) => {
    const { day, hashes } = await halfClosedDay(2_000)
    expect(await closeElsewhere(day, failpoint).ended).toBe('SIGKILL')
    await expectNothingLost(day, hashes)
    await day.close(DAY, NEXT)
    await expectClosed(day, hashes)
  },
  30_000,
)

test('killed at any moment, again and again, and closed by two at once', async () => {
  const { day, hashes } = await halfClosedDay(1_000_000)
  for (const afterMs of [250, 300, 350, 400, 500, 600]) {
    const { child, ended } = closeElsewhere(day)
    await setTimeout(afterMs)
    child.kill('SIGKILL')
    await ended
    await expectNothingLost(day, hashes)
  }
  expect(await Promise.all([closeElsewhere(day).ended, closeElsewhere(day).ended])).toEqual([0, 0])
  await expectClosed(day, hashes)
}, 60_000)

describeNeeding('tmpfs')('a disk without room for the archive', () => {
  test('is told as such and nothing is lost; with room the next close ends it', async () => {
    await using disk = await mountTmpfs(4)
    const day = await CloseScene.open({ zip: 'daily', backups: disk.path })
    const hashes: string[] = []
    for (let number = 0; number < FILES; number++) {
      const content = randomBytes(100_000)
      hashes.push(sha256(content))
      await day.add({ key: `report_${number}.bin`, content, state: 'ready', at: `${DAY}T08:00` })
    }
    const ballast = join(disk.path, 'ballast')
    for (const leftKb of [0, 300, 900]) {
      const { bavail, bsize } = statfsSync(disk.path)
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leftKb * 1024), 1))
      await expect(day.close(DAY, NEXT)).rejects.toMatchObject({
        code: 'DISK_FULL',
        details: { path: day.archive(DAY) },
      })
      rmSync(ballast)
      await expectNothingLost(day, hashes)
      expect(day.backupFiles().filter((name) => !/^\d{8}(\/[0-9a-f]{64})?$/.test(name))).toEqual([])
    }
    await day.close(DAY, NEXT)
    await expectClosed(day, hashes)
  }, 60_000)
})
