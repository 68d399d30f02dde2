import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { claimItemLog, dayFolder, itemLogCandidates, loggedDays } from './log-places.ts'

const day = '2026-11-24'

async function logsFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-logs-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true }))
  return folder
}

const headOf = (pipeline: string, key: string): string =>
  `${JSON.stringify({ level: 'info', time: '2026-11-24T08:00:00.000Z', event: 'log-started', msg: '', pipeline, key })}\n`

const claim = async (logs: string, pipeline: string, key: string): Promise<string> =>
  basename(await claimItemLog(logs, { pipeline, key }, { day, head: headOf(pipeline, key) }))

test('a log is named after its file', async () => {
  const logs = await logsFolder()
  expect(await claim(logs, 'visitas', 'report_001.txt')).toBe('report_001.log')
  expect(await claim(logs, 'visitas', 'sur/ventas peña.csv.gz')).toBe('ventas peña.log')
  expect(await loggedDays(logs)).toEqual([day])
})

test('two files of one name have two logs, and find theirs again', async () => {
  const logs = await logsFolder()
  const keys = ['norte/report.txt', 'sur/report.txt', 'report.csv', 'REPORT/report.txt.gz']
  const names = []
  for (const key of keys) names.push(await claim(logs, 'visitas', key))
  names.push(await claim(logs, 'otras', 'norte/report.txt'))
  expect(names[0]).toBe('report.log')
  expect(new Set(names).size).toBe(names.length)
  for (const [index, key] of keys.entries()) expect(await claim(logs, 'visitas', key)).toBe(names[index])
  const candidates = itemLogCandidates(logs, { pipeline: 'visitas', key: 'sur/report.txt' }, day)
  expect(candidates.map((path) => basename(path))).toContain(names[1])
})

test.each([
  ['the parent folder', '..'],
  ['a folder above', '../../etc/passwd'],
  ['a folder above of another system', '..\\..\\boot.ini'],
  ['nothing', ''],
  ['only an ending', '.txt'],
  ['a line break', 'a\nb.txt'],
  ['a terminal escape', '\x1b[2Jx.txt'],
  ['the end of a text', 'a\0b'],
  ['a device', 'CON.txt'],
  ['a name as long as a file system takes', 'x'.repeat(255)],
  ['such a name of other letters', 'ñ'.repeat(127)],
  ['a picture', '😀.txt'],
])('%s gives a name that any file system takes', async (_name, key) => {
  const logs = await logsFolder()
  const path = await claimItemLog(logs, { pipeline: 'p', key }, { day, head: headOf('p', key) })
  expect(dirname(path)).toBe(dayFolder(logs, day))
  expect(basename(path)).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}_.@+=, -]*\.log$/u)
  expect(await readFile(path, 'utf8')).toBe(headOf('p', key))
})

test('no name leads out of the folder of the day', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (key) => {
      for (const path of itemLogCandidates('/logs', { pipeline: 'p', key }, day)) {
        expect(dirname(path)).toBe('/logs/20261124')
        expect(Buffer.byteLength(basename(path))).toBeLessThan(200)
        // oxlint-disable-next-line no-control-regex
        expect(path).not.toMatch(/[\x00-\x1f\x7f]/)
      }
    }),
  )
})

test("an item cannot take the orchestrator's name", async () => {
  const logs = await logsFolder()
  expect(await claim(logs, 'p', 'orchestrator_20261124.txt')).toMatch(
    /^orchestrator_20261124_[0-9a-f]{12}\.log$/,
  )
})

test('a link that lies under the name is not followed', async () => {
  const logs = await logsFolder()
  const target = join(logs, 'target')
  await writeFile(target, headOf('p', 'a.txt'))
  await mkdir(dayFolder(logs, day))
  await symlink(target, join(dayFolder(logs, day), 'a.log'))
  expect(await claim(logs, 'p', 'a.txt')).toMatch(/^a_[0-9a-f]{12}\.log$/)
})
