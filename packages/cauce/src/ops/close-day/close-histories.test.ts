import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CloseScene } from './close-scene.test-kit.ts'
import { readZip } from './read-zip.test-kit.ts'

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')

test('whatever happened on however many days: every archive tells what the ledger tells, and no byte is lost', async () => {
  const days = ['2026-11-23', '2026-11-24', '2026-11-25']
  const states = [
    'ready',
    'ready_with_rejects',
    'failed_layout',
    'failed_system',
    'refused',
    'duplicate',
  ] as const
  const event = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('file' as const),
        key: fc.constantFrom('a.txt', 'A.txt', 'b/a.txt', '../a.txt', 'MANIFEST.json'),
        version: fc.nat(2),
        state: fc.constantFrom(...states),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('close' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('tomorrow' as const) }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 20 }), async (events) => {
      const day = await CloseScene.open({ zip: 'daily' })
      const copied = new Map<string, string>()
      let today = 0
      let minute = 0
      for (const step of events) {
        const date = days[today] ?? ''
        const at = `${date}T08:${String(minute).padStart(2, '0')}`
        if (step.kind === 'close') await day.close(date, at)
        else if (step.kind === 'tomorrow') {
          await day.close(date, `${days[today + 1] ?? '2026-11-26'}T00:00`)
          if (today < days.length - 1) [today, minute] = [today + 1, 0]
        } else {
          const content = `${step.key} version ${step.version}`
          minute++
          const told = { key: step.key, content, state: step.state, at }
          const added = await day.add(told).catch((error: unknown) => {
            // What was loaded is not claimed again.
            if (error instanceof Error && error.message.endsWith('cannot be claimed')) return undefined
            throw error
          })
          if (added?.backup !== null && added !== undefined) copied.set(sha256(content), content)
        }
      }
      for (const date of days) await day.close(date, '2026-11-26T00:00')
      await expectTruth(day, days, copied)
    }),
    { numRuns: 15 },
  )
}, 60_000)

async function expectTruth(
  day: CloseScene,
  days: readonly string[],
  copied: ReadonlyMap<string, string>,
): Promise<void> {
  const archives = await Promise.all(
    days
      .filter((date) => existsSync(day.archive(date)))
      .map(async (date) => ({ date, ...(await readZip(day.archive(date))) })),
  )
  const held = new Set<string>()
  for (const { files, manifest } of archives) {
    for (const { file: name, sha256: told, bytes } of manifest.items) {
      if (name === null) continue
      const content = files.get(name)
      expect([sha256(content ?? ''), content?.length]).toEqual([told, bytes])
      held.add(told ?? '')
    }
    const named = manifest.items.flatMap(({ file: name }) => name ?? [])
    expect([...files.keys()].toSorted()).toEqual(named.toSorted())
  }
  expect([...copied.keys()].filter((hash) => !held.has(hash))).toEqual([])
  for (const item of await day.items()) {
    const endedAt = new Date(item.finishedMs ?? 0).toISOString()
    // A day on which nothing had a copy has no archive to tell of it.
    const own = archives.find(({ date }) => date === endedAt.slice(0, 10))
    if (own === undefined) continue
    const told = own.manifest.items.filter((line) => line.item === item.id && line.endedAt === endedAt)
    expect(
      told.map(({ key, state, sha256: hash, bytes, loadKey }) => [key, state, hash, bytes, loadKey]),
    ).toEqual([[item.key, item.state, item.sha256, item.sizeBytes, item.loadKey]])
  }
  expect(day.backupFiles().filter((name) => !/^backup_\d{8}\.zip$/.test(name))).toEqual([])
}
