import { createHash, randomBytes } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findDayClose, isClosedForGood } from '../../ledger/day-close.ts'
import { CauceError } from '../../model/cauce-error.ts'
import { CloseScene, type ToldFile } from './close-scene.test-kit.ts'
import { readZip } from './read-zip.test-kit.ts'

const DAY = '2026-11-24'
const NEXT = '2026-11-25T00:00'
const LOADED = { read: 10, loaded: 9, rejected: 1, skipped: 0, warnings: 2 }

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')

function file(key: string, more: Partial<ToldFile> = {}): ToldFile {
  const { state = 'ready' } = more
  const rows = state.startsWith('ready') ? { counts: LOADED } : {}
  return { key, content: `content of ${key}`, state, at: `${DAY}T08:00`, ...rows, ...more }
}

async function scene(options: Parameters<typeof CloseScene.open>[0] = {}): Promise<CloseScene> {
  return CloseScene.open({ zip: 'daily', ...options })
}

describe('the archive of a day', { timeout: 20_000 }, () => {
  test('holds every file with a copy under its own name, and tells of those without', async () => {
    const day = await scene()
    const told = [
      file('report_1.txt'),
      file('sub/report_2.txt', { state: 'ready_with_rejects' }),
      file('report_3.txt', { state: 'failed_layout' }),
      file('report_4.txt', { state: 'refused' }),
      file('report_5.txt', { state: 'duplicate' }),
      file('report_6.txt', { state: 'failed_system' }),
      file('../../report_1.txt', { content: 'elsewhere' }),
    ]
    for (const one of told) await day.add(one)
    const closed = await day.close(DAY, NEXT)
    const { files, manifest } = await readZip(day.archive(DAY))
    expect(Object.fromEntries([...files].map(([name, bytes]) => [name, String(bytes)]))).toEqual({
      'report_1.txt': 'content of report_1.txt',
      'sub/report_2.txt': 'content of sub/report_2.txt',
      'report_3.txt': 'content of report_3.txt',
      'report_4.txt': 'content of report_4.txt',
      '__/__/report_1.txt': 'elsewhere',
    })
    expect(manifest).toMatchObject({ pipeline: 'visitas', day: DAY, timezone: 'UTC' })
    expect(manifest.items.map(({ key, state, file: name, absent }) => [key, state, name, absent])).toEqual([
      ['report_1.txt', 'ready', 'report_1.txt', null],
      ['sub/report_2.txt', 'ready_with_rejects', 'sub/report_2.txt', null],
      ['report_3.txt', 'failed_layout', 'report_3.txt', null],
      ['report_4.txt', 'refused', 'report_4.txt', null],
      ['report_5.txt', 'duplicate', null, 'duplicate'],
      ['report_6.txt', 'failed_system', null, 'not_kept'],
      ['../../report_1.txt', 'ready', '__/__/report_1.txt', null],
    ])
    expect(closed.archive).toMatchObject({ path: day.archive(DAY), files: 5 })
    expect(closed.archive?.sha256).toBe(sha256(readFileSync(day.archive(DAY))))
  })

  test('takes the place of the single copies, and the ledger points to it', async () => {
    const day = await scene()
    await day.add(file('a.txt'))
    await day.add(file('b.txt'))
    await day.close(DAY, NEXT)
    expect(day.backupFiles()).toEqual(['backup_20261124.zip'])
    expect((await day.items()).map(({ backup }) => backup)).toEqual([day.archive(DAY), day.archive(DAY)])
    expect(await findDayClose(day.ledger, { pipeline: 'visitas', day: DAY })).toMatchObject({
      backup: day.archive(DAY),
      backupSha256: sha256(readFileSync(day.archive(DAY))),
    })
  })

  test('grows with each run of the day, keeps the names it gave, and is written no oftener than needed', async () => {
    const day = await scene()
    await day.add(file('a.txt'))
    await day.close(DAY, `${DAY}T09:00`)
    const first = readFileSync(day.archive(DAY))
    await day.close(DAY, `${DAY}T09:30`)
    expect(readFileSync(day.archive(DAY)).equals(first)).toBe(true)
    await day.add(file('A.txt', { at: `${DAY}T10:00` }))
    await day.add(file('a.txt', { at: `${DAY}T10:00`, content: 'another version', state: 'refused' }))
    await day.close(DAY, `${DAY}T10:30`)
    const { files } = await readZip(day.archive(DAY))
    expect([...files.keys()]).toEqual(['a.txt', 'A~2.txt', 'a~3.txt'])
    expect(day.backupFiles().filter((name) => /[0-9a-f]{64}/.test(name))).toEqual([])
  })

  test('of a day that lasts leaves a big archive alone until it is worth it; the end of the day brings the rest', async () => {
    const day = await scene()
    const noise = randomBytes(17 * 1024 ** 2)
    await day.add(file('big.bin', { content: noise }))
    await day.close(DAY, `${DAY}T09:00`)
    await day.add(file('small.txt', { at: `${DAY}T10:00` }))
    await day.close(DAY, `${DAY}T10:30`)
    expect([...(await readZip(day.archive(DAY))).files.keys()]).toEqual(['big.bin'])
    const [, small] = await day.items()
    expect(existsSync(String(small?.backup))).toBe(true)
    const closed = await day.close(DAY, NEXT)
    expect(closed.archive?.files).toBe(2)
    const { files } = await readZip(day.archive(DAY))
    expect(files.get('big.bin')?.equals(noise)).toBe(true)
    expect(day.backupFiles()).toEqual(['backup_20261124.zip'])
  }, 30_000)

  test('tells a file that was tried again on the same day in its last state, once', async () => {
    const day = await scene()
    await day.add(
      file('a.txt', {
        state: 'failed_system',
        isCopied: true,
      }),
    )
    await day.close(DAY, `${DAY}T09:00`)
    await day.add(file('a.txt', { at: `${DAY}T10:00` }))
    await day.close(DAY, NEXT)
    const { files, manifest } = await readZip(day.archive(DAY))
    expect([...files.keys()]).toEqual(['a.txt'])
    expect(manifest.items.map(({ state, read }) => [state, read])).toEqual([['ready', 10]])
  })

  test('keeps what it holds of a file that was loaded on another day', async () => {
    const day = await scene()
    await day.add(
      file('a.txt', {
        state: 'failed_system',
        isCopied: true,
      }),
    )
    await day.close(DAY, NEXT)
    await day.add(file('a.txt', { at: '2026-11-25T10:00' }))
    await day.close('2026-11-25', '2026-11-26T00:00')
    await day.close(DAY)
    expect((await readZip(day.archive(DAY))).manifest.items.map(({ state }) => state)).toEqual([
      'failed_system',
    ])
    expect((await readZip(day.archive('2026-11-25'))).manifest.items.map(({ state }) => state)).toEqual([
      'ready',
    ])
    expect((await day.items()).map(({ backup }) => backup)).toEqual([day.archive('2026-11-25')])
  })

  test('takes a file that was put aside from its folder in quarantine', async () => {
    const day = await scene()
    const item = await day.add(
      file('a.txt', {
        state: 'failed_system',
      }),
    )
    const aside = join(day.folder, 'home', 'quarantine', String(item.id))
    mkdirSync(aside, { recursive: true })
    writeFileSync(join(aside, 'story.json'), '{}')
    writeFileSync(join(aside, 'whatever'), 'content of a.txt')
    await day.ledger.db.updateTable('item').set({ quarantine: aside }).execute()
    await day.close(DAY, NEXT)
    expect(String((await readZip(day.archive(DAY))).files.get('a.txt'))).toBe('content of a.txt')
    expect(readdirSync(aside)).toEqual(['story.json', 'whatever'])
  })

  test('is none where no files ended, or none was asked for', async () => {
    const day = await scene()
    await day.close(DAY, NEXT)
    expect(existsSync(day.archive(DAY))).toBe(false)
    const single = await CloseScene.open()
    await single.add(file('a.txt'))
    const closed = await single.close(DAY, NEXT)
    expect(closed.archive).toBeUndefined()
    expect(single.backupFiles()).toEqual(['20261124', `20261124/${sha256('content of a.txt')}`])
  })

  test('belongs to the day of the zone, not of UTC', async () => {
    const day = await scene({ timezone: 'America/Mexico_City' })
    await day.add(file('late.txt', { at: '2026-11-25T05:59' }))
    await day.add(file('next.txt', { at: '2026-11-25T06:00' }))
    const closed = await day.close(DAY, '2026-11-25T07:00')
    expect(closed).toMatchObject({ isFinal: true, figures: { files: { total: 1 } } })
    expect([...(await readZip(day.archive(DAY))).files.keys()]).toEqual(['late.txt'])
  })
})

describe('a close that cannot be whole', { timeout: 20_000 }, () => {
  test('archives the rest when a copy is gone, removes nothing of it, and says which', async () => {
    const day = await scene()
    await day.add(file('a.txt'))
    const gone = await day.add(file('b.txt'))
    rmSync(String(gone.backup))
    const error = await day.close(DAY, NEXT).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(CauceError)
    expect(error).toMatchObject({
      code: 'BACKUP_MISSING',
      details: { file: 'b.txt', detail: gone.backup, count: 1 },
    })
    const { files, manifest } = await readZip(day.archive(DAY))
    expect([...files.keys()]).toEqual(['a.txt'])
    expect(manifest.items.map(({ absent }) => absent)).toEqual([null, 'missing'])
    const report = readFileSync(join(day.folder, 'home/reports/visitas/report_20261124.md'), 'utf8')
    expect(report).toContain('Copies that are missing')
    // Put back, it is archived too.
    writeFileSync(join(day.folder, 'found'), 'content of b.txt')
    mkdirSync(join(day.backups, '20261124'), { recursive: true })
    renameSync(join(day.folder, 'found'), String(gone.backup))
    await day.close(DAY)
    expect([...(await readZip(day.archive(DAY))).files.keys()]).toEqual(['a.txt', 'b.txt'])
    expect(day.backupFiles()).toEqual(['backup_20261124.zip'])
  })

  test('leaves damaged copies where they are, and archives the rest', async () => {
    const day = await scene()
    const damaged: string[] = []
    for (const name of ['a', 'b', 'c', 'd']) {
      const { backup } = await day.add(file(`${name}.txt`))
      if (name === 'b' || name === 'd') damaged.push(String(backup))
    }
    for (const path of damaged) appendFileSync(path, '!')
    await expect(day.close(DAY, NEXT)).rejects.toMatchObject({
      code: 'BACKUP_MISSING',
      details: { count: 2 },
    })
    const { files, manifest } = await readZip(day.archive(DAY))
    expect([...files.keys()]).toEqual(['a.txt', 'c.txt'])
    expect(manifest.items.map(({ absent }) => absent)).toEqual([null, 'damaged', null, 'damaged'])
    expect(damaged.map((path) => existsSync(path))).toEqual([true, true])
    expect(day.backupFiles().some((name) => name.endsWith('.part'))).toBe(false)
  })

  test('touches nothing when the archive was damaged or changed, or is somebody else’s file', async () => {
    for (const spoil of [
      (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 100)),
      (path: string) => writeFileSync(path, 'holiday photographs'),
    ]) {
      const day = await scene()
      await day.add(file('a.txt'))
      await day.close(DAY, `${DAY}T09:00`)
      spoil(day.archive(DAY))
      const spoilt = readFileSync(day.archive(DAY))
      const { backup } = await day.add(file('b.txt', { at: `${DAY}T10:00` }))
      await expect(day.close(DAY, NEXT)).rejects.toMatchObject({ code: 'ARCHIVE_UNUSABLE' })
      expect(readFileSync(day.archive(DAY)).equals(spoilt)).toBe(true)
      expect(existsSync(String(backup))).toBe(true)
      // An empty file gives it up.
      writeFileSync(day.archive(DAY), '')
      await expect(day.close(DAY, NEXT)).rejects.toMatchObject({
        code: 'BACKUP_MISSING',
        details: { file: 'a.txt' },
      })
      expect([...(await readZip(day.archive(DAY))).files.keys()]).toEqual(['b.txt'])
    }
  })

  test('makes no second archive of a day whose first one is gone', async () => {
    const day = await scene()
    await day.add(file('a.txt'))
    await day.close(DAY, `${DAY}T09:00`)
    renameSync(day.archive(DAY), `${day.archive(DAY)}.moved`)
    const { backup } = await day.add(file('b.txt', { at: `${DAY}T10:00` }))
    await expect(day.close(DAY, NEXT)).rejects.toMatchObject({ code: 'ARCHIVE_UNUSABLE' })
    expect(existsSync(String(backup))).toBe(true)
    renameSync(`${day.archive(DAY)}.moved`, day.archive(DAY))
    await day.close(DAY, NEXT)
    expect([...(await readZip(day.archive(DAY))).files.keys()]).toEqual(['a.txt', 'b.txt'])
  })

  test('never takes the archive of another pipeline for its own', async () => {
    const one = await scene()
    const other = await scene({ pipeline: 'ventas', beside: one })
    await one.add(file('a.txt'))
    await other.add(file('b.txt'))
    await one.close(DAY, NEXT)
    await expect(other.close(DAY, NEXT)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { where: 'archive.backup' },
    })
    expect([...(await readZip(one.archive(DAY))).files.keys()]).toEqual(['a.txt'])
  })

  test('leaves a copy that another pipeline names as its backup', async () => {
    const one = await scene()
    const other = await CloseScene.open({ pipeline: 'ventas', beside: one })
    await one.add(file('a.txt', { content: 'the same' }))
    const shared = await other.add(file('b.txt', { content: 'the same' }))
    await one.close(DAY, NEXT)
    expect(readFileSync(String(shared.backup), 'utf8')).toBe('the same')
  })
})

describe('closing again', { timeout: 20_000 }, () => {
  test('keeps the figures of a day that is over, though its files were tried again since', async () => {
    const day = await scene()
    await day.add(
      file('a.txt', {
        state: 'failed_system',
      }),
    )
    await day.close(DAY, NEXT)
    await day.add(file('a.txt', { at: '2026-11-25T10:00' }))
    const again = await day.close(DAY, '2026-11-25T11:00')
    expect(again.figures.files.byState).toEqual({ failed_system: 1 })
    const close = await findDayClose(day.ledger, { pipeline: 'visitas', day: DAY })
    expect(close !== undefined && isClosedForGood(close)).toBe(true)
  })

  test('brings in what a clock that was behind ended on a day that was over', async () => {
    const day = await scene()
    await day.add(file('a.txt'))
    await day.close(DAY, NEXT)
    await day.add(file('b.txt', { at: `${DAY}T23:59` }))
    const again = await day.close(DAY)
    expect(again.figures.files.total).toBe(2)
    expect(again.archive?.files).toBe(2)
  })

  test('at the same time, many times over, comes to the same', async () => {
    const day = await scene()
    for (let number = 0; number < 20; number++) await day.add(file(`report_${number}.txt`))
    day.nowMs = Date.parse(`${NEXT}Z`)
    await Promise.all(Array.from({ length: 8 }, () => day.close(DAY)))
    const { files } = await readZip(day.archive(DAY))
    expect(files.size).toBe(20)
    expect(day.backupFiles()).toEqual(['backup_20261124.zip'])
  }, 30_000)
})

test('the report is written for people and programs, and says what the ledger says', async () => {
  const day = await scene()
  await day.add(
    file('a.txt', {
      state: 'ready_with_rejects',
      ruleCounts: [{ code: 'email:invalid', level: 'error', rows: 1 }],
    }),
  )
  const { reports, archive } = await day.close(DAY, NEXT)
  expect(reports.map((path) => path.slice(day.folder.length))).toEqual(
    ['md', 'html', 'json'].map((ending) => `/home/reports/visitas/report_20261124.${ending}`),
  )
  const [markdown = '', page = '', json = ''] = reports.map((path) => readFileSync(path, 'utf8'))
  expect(JSON.parse(json)).toMatchObject({
    pipeline: 'visitas',
    day: DAY,
    final: true,
    files: { total: 1, loaded: 1, successRate: 1 },
    rows: LOADED,
    rules: [{ code: 'email:invalid', rows: 1, items: 1 }],
    archive: { path: archive?.path, files: 1 },
  })
  expect(markdown).toContain('email:invalid')
  expect(page).toContain('email:invalid')
})
