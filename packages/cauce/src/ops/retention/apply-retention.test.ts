import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { KeepPolicy } from '../../pipeline/project.ts'
import { dayFigures } from '../../ledger/day-figures.ts'
import { discardItem } from '../../ledger/discard-item.ts'
import { forgetQuarantine } from '../../ledger/forget-quarantine.ts'
import { itemHistory } from '../../ledger/item-history.ts'
import { monthFigures } from '../../ledger/month-figures.ts'
import { markQuarantined } from '../../ledger/mark-quarantined.ts'
import { quarantineFolder } from '../../dispatch/quarantine-folder.ts'
import { CloseScene, type ToldFile } from '../close-day/close-scene.test-kit.ts'
import { applyRetention, type RetentionResult } from './apply-retention.ts'

const KEEP: KeepPolicy = {
  logsDays: undefined,
  rejectsDays: undefined,
  quarantineDays: undefined,
  detailsDays: undefined,
}

function file(key: string, day: string, more: Partial<ToldFile> = {}): ToldFile {
  return { key, content: `content of ${key} on ${day}`, state: 'ready', at: `${day}T08:00`, ...more }
}

async function retain(
  scene: CloseScene,
  { now, ...policy }: Partial<KeepPolicy> & { readonly now: string },
  isDryRun = false,
): Promise<RetentionResult> {
  scene.nowMs = Date.parse(`${now}T12:00Z`)
  return applyRetention({ ...scene.request, keep: { ...KEEP, ...policy }, isDryRun })
}

function write(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, 'text')
  return path
}

describe('logs', { timeout: 20_000 }, () => {
  test('of days before the last thirty go, and nothing beside them', async () => {
    const scene = await CloseScene.open()
    const { logs } = scene.request.home
    const old = [
      write(join(logs, '20261024/orchestrator_20261024.log')),
      write(join(logs, '20261024/report_1.log')),
    ]
    const packed = write(join(logs, '20260101/report_1.log.2.gz'))
    const kept = [
      write(join(logs, '20261025/report_1.log')),
      write(join(logs, '20261024/notes.txt')),
      write(join(logs, '20261399/report_1.log')),
      write(join(logs, 'old/report_1.log')),
      write(join(logs, 'report_1.log')),
    ]
    const result = await retain(scene, { now: '2026-11-24', logsDays: 30 })
    expect(result.removed.map(({ path }) => path)).toEqual([packed, ...old])
    expect(result.removedBytes).toBe(12)
    expect([packed, ...old].filter((path) => existsSync(path))).toEqual([])
    expect(kept.filter((path) => !existsSync(path))).toEqual([])
    expect(readdirSync(logs).toSorted()).toEqual(['20261024', '20261025', '20261399', 'old', 'report_1.log'])
  })

  test('in which the story of an unsettled item may stand are kept until it is settled', async () => {
    const scene = await CloseScene.open()
    const log = write(join(scene.request.home.logs, '20261010/report_1.log'))
    await scene.add(file('report_1.txt', '2026-10-10', { state: 'failed_layout' }))
    const result = await retain(scene, { now: '2026-11-24', logsDays: 30 })
    expect(result).toMatchObject({ removed: [], spared: [{ path: dirname(log), reason: 'unsettled' }] })
    expect(existsSync(log)).toBe(true)
    await scene.ledger.db.updateTable('item').set({ state: 'superseded' }).execute()
    await retain(scene, { now: '2026-11-24', logsDays: 30 })
    expect(existsSync(dirname(log))).toBe(false)
  })
})

describe('backups', { timeout: 20_000 }, () => {
  test('archives older than declared go when everything in them is settled; reports and totals stay', async () => {
    const scene = await CloseScene.open({ zip: 'daily', keepDays: 90 })
    await scene.add(file('a.txt', '2026-08-01'))
    await scene.close('2026-08-01', '2026-08-02T00:00')
    await scene.add(file('b.txt', '2026-08-02', { state: 'failed_layout' }))
    await scene.close('2026-08-02', '2026-08-03T00:00')
    await scene.add(file('c.txt', '2026-08-26'))
    await scene.close('2026-08-26', '2026-08-27T00:00')
    const stranger = write(join(scene.backups, 'backup_20200101.zip'))
    const other = write(join(scene.backups, 'backup_20260801.zip.old'))
    const result = await retain(scene, { now: '2026-11-24' })
    expect(result.removed.map(({ kind, path }) => [kind, path])).toEqual([
      ['backup', scene.archive('2026-08-01')],
    ])
    expect(result.spared).toEqual([{ path: scene.archive('2026-08-02'), reason: 'unsettled' }])
    expect(existsSync(scene.archive('2026-08-01'))).toBe(false)
    expect(
      [scene.archive('2026-08-02'), scene.archive('2026-08-26'), stranger, other].filter(
        (path) => !existsSync(path),
      ),
    ).toEqual([])
    expect(existsSync(join(scene.folder, 'home/reports/visitas/report_20260801.html'))).toBe(true)
    // Declared for no time, they are kept for ever.
    const forever = await CloseScene.open({ zip: 'daily', beside: scene })
    await retain(forever, { now: '2036-11-24' })
    expect(existsSync(scene.archive('2026-08-02'))).toBe(true)
  })

  test('single copies go the same way, but never those another pipeline has', async () => {
    const scene = await CloseScene.open({ keepDays: 90 })
    const other = await CloseScene.open({ pipeline: 'ventas', beside: scene })
    const old = await scene.add(file('a.txt', '2026-08-01'))
    const waits = await scene.add(file('b.txt', '2026-08-01', { state: 'refused' }))
    const foreign = await other.add(file('c.txt', '2026-08-01'))
    const young = await scene.add(file('d.txt', '2026-11-01'))
    const stranger = write(join(scene.backups, '20260801', 'f'.repeat(64)))
    const link = join(scene.backups, '20260801', 'e'.repeat(64))
    symlinkSync(stranger, link)
    const result = await retain(scene, { now: '2026-11-24' })
    expect(result.removed.map(({ path }) => path)).toEqual([old.backup])
    expect(result.spared).toEqual([{ path: waits.backup, reason: 'unsettled' }])
    const kept = [waits.backup, foreign.backup, young.backup, stranger, link]
    expect(kept.filter((path) => !existsSync(String(path)))).toEqual([])
  })
})

test('rejects go with their policy, but not those a replay still works on', { timeout: 20_000 }, async () => {
  const scene = await CloseScene.open()
  const { rejects } = scene.request.home
  const paths: string[] = []
  for (const [key, day] of [
    ['old.txt', '2026-08-01'],
    ['replayed.txt', '2026-08-01'],
    ['waits.txt', '2026-08-01'],
    ['young.txt', '2026-11-20'],
  ] as const) {
    const state = key === 'waits.txt' ? 'failed_system' : 'ready_with_rejects'
    const { loadKey } = await scene.add(file(key, day, { state }))
    paths.push(write(join(rejects, `${loadKey}.parquet`)))
  }
  const stranger = write(join(rejects, `${'0'.repeat(64)}.parquet`))
  const [old, replayed, waits, young] = paths
  const replay = await scene.add(file('replay.csv', '2026-11-23', { state: 'failed_layout' }))
  await scene.ledger.db
    .updateTable('item')
    .set({ kind: 'replay' as never, originLoadKey: String(replayed?.slice(-72, -8)) as never })
    .where('id', '=', replay.id)
    .execute()
  expect((await retain(scene, { now: '2026-11-24' })).removed).toEqual([])
  const result = await retain(scene, { now: '2026-11-24', rejectsDays: 30 })
  expect(result.removed.map(({ path }) => path)).toEqual([old])
  expect([replayed, waits, young, stranger].filter((path) => !existsSync(String(path)))).toEqual([])
})

test(
  'details go, totals stay: a month told afterwards is the same as before',
  { timeout: 20_000 },
  async () => {
    const scene = await CloseScene.open()
    const counts = { read: 10, loaded: 9, rejected: 1, skipped: 0, warnings: 0 }
    const ruleCounts = [{ code: 'email:invalid', level: 'error' as const, rows: 1 }]
    const state = 'ready_with_rejects'
    const closed = await scene.add(file('a.txt', '2026-10-01', { state, counts, ruleCounts }))
    await scene.close('2026-10-01', '2026-10-02T00:00')
    const unclosed = await scene.add(file('b.txt', '2026-10-02', { state, counts, ruleCounts }))
    const waits = await scene.add(file('c.txt', '2026-10-03', { state: 'failed_layout' }))
    await scene.close('2026-10-03', '2026-10-04T00:00')
    const month = async (): Promise<unknown> => {
      const request = { pipeline: 'visitas', month: '2026-10', timezone: 'UTC', nowMs: 1 }
      return monthFigures(scene.ledger, request)
    }
    const before = await month()
    const result = await retain(scene, { now: '2026-11-24', detailsDays: 30 })
    expect(result.details).toMatchObject({ items: 1 })
    expect(await itemHistory(scene.ledger, closed.id)).toEqual({
      attempts: [],
      transitions: [],
      ruleCounts: [],
    })
    expect((await itemHistory(scene.ledger, unclosed.id)).attempts).toHaveLength(1)
    expect((await itemHistory(scene.ledger, waits.id)).transitions.length).toBeGreaterThan(1)
    expect(await month()).toEqual(before)
    expect((await scene.items()).map(({ key }) => key)).toEqual(['a.txt', 'b.txt', 'c.txt'])
    // Closed again, the day keeps what it knew.
    const again = await scene.close('2026-10-01')
    expect(again.figures.rules).toEqual([{ code: 'email:invalid', level: 'error', rows: 1, items: 1 }])
    const now = { pipeline: 'visitas', day: '2026-10-01', timezone: 'UTC', nowMs: 1 }
    expect((await dayFigures(scene.ledger, now)).rules).toEqual([])
    await scene.close('2026-10-02')
    expect((await retain(scene, { now: '2026-11-24', detailsDays: 30 })).details).toMatchObject({ items: 1 })
    expect((await itemHistory(scene.ledger, unclosed.id)).attempts).toEqual([])
  },
)

test('quarantine folders go the declared days after their item was settled otherwise; what waits stays', async () => {
  const scene = await CloseScene.open()
  const { ledger } = scene
  const { home } = scene.request
  const aside = async (
    key: string,
    day: string,
    state?: 'cancelled' | 'superseded' | 'pending' | 'ready',
  ) => {
    const item = await scene.add(file(key, day, { state: 'failed_layout' }))
    const path = quarantineFolder(home, item)
    write(join(path, 'original'))
    writeFileSync(join(path, 'story.json'), JSON.stringify({ key, version: item.version }))
    await markQuarantined(ledger, { id: item.id, folder: path, nowMs: 1 })
    if (state !== undefined)
      await ledger.db.updateTable('item').set({ state }).where('id', '=', item.id).execute()
    return path
  }
  const old = [
    await aside('discarded.txt', '2026-08-01', 'cancelled'),
    await aside('replaced.txt', '2026-08-01', 'superseded'),
    await aside('loaded.txt', '2026-08-01', 'ready'),
  ]
  const waits = [
    await aside('failed.txt', '2026-08-01'),
    await aside('released.txt', '2026-08-01', 'pending'),
  ]
  const foreign = await aside('foreign.txt', '2026-08-01', 'cancelled')
  writeFileSync(join(foreign, 'story.json'), JSON.stringify({ key: 'another.txt', version: 'v' }))
  const kept = [...waits, foreign, await aside('new.txt', '2026-11-20', 'cancelled')]
  kept.push(write(join(home.quarantine, 'notes/by-hand.txt')))
  const policy = { now: '2026-11-24', quarantineDays: 30 }
  expect((await retain(scene, { now: '2026-11-24' })).removed).toEqual([])
  expect((await retain(scene, policy, true)).removed.map(({ path }) => path).toSorted()).toEqual(
    old.toSorted(),
  )
  expect(old.filter((path) => !existsSync(path))).toEqual([])
  const result = await retain(scene, policy)
  expect(result.removed.map(({ path }) => path).toSorted()).toEqual(old.toSorted())
  expect(result.spared).toEqual(waits.map((path) => ({ path, reason: 'unsettled' })))
  expect(old.filter((path) => existsSync(path))).toEqual([])
  expect(kept.filter((path) => !existsSync(path))).toEqual([])
  const marked = (await scene.items()).filter(({ quarantine }) => quarantine !== null).map(({ key }) => key)
  expect(marked).toEqual(['failed.txt', 'released.txt', 'foreign.txt', 'new.txt'])
  expect((await retain(scene, policy)).removed).toEqual([])
}, 20_000)

test('what was released a moment ago keeps its folder, whoever looked before', async () => {
  const scene = await CloseScene.open()
  const { id } = await scene.add(file('a.txt', '2026-08-01', { state: 'failed_layout' }))
  await markQuarantined(scene.ledger, { id, folder: '/q/1', nowMs: 1 })
  const forget = async (beforeMs: number): Promise<boolean> =>
    forgetQuarantine(scene.ledger, { id, beforeMs })
  const nowMs = Date.parse('2026-11-24T12:00Z')
  expect(await forget(nowMs)).toBe(false)
  await discardItem(scene.ledger, { id, by: 'ana', reason: 'sent twice', nowMs })
  expect(await forget(nowMs)).toBe(false)
  expect(await forget(nowMs + 1)).toBe(true)
})

test('a dry run says what would go, and nothing goes', { timeout: 20_000 }, async () => {
  const scene = await CloseScene.open({ zip: 'daily', keepDays: 90 })
  await scene.add(file('a.txt', '2026-08-01'))
  await scene.close('2026-08-01', '2026-08-02T00:00')
  const log = write(join(scene.request.home.logs, '20260801/report_1.log'))
  const policy = { now: '2026-11-24', logsDays: 30, detailsDays: 30 }
  const dry = await retain(scene, policy, true)
  expect([log, scene.archive('2026-08-01')].filter((path) => !existsSync(path))).toEqual([])
  expect(dry.removed.map(({ path }) => path)).toEqual([log, scene.archive('2026-08-01')])
  expect(dry.details).toMatchObject({ items: 1 })
  expect(await retain(scene, policy)).toEqual(dry)
  expect(await retain(scene, policy)).toMatchObject({ removed: [], spared: [], details: { items: 0 } })
})
