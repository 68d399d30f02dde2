import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { manyReports } from '../../examples/visitas/generator/many-reports.ts'
import { reportLines } from '../../examples/visitas/generator/report-lines.ts'
import { zipOf } from '../../packages/cauce/src/formats/compression/zip-of.test-kit.ts'
import type { VisitsRun } from '../visits/visits-run.ts'
import { expectCalm } from './expect-calm.ts'
import { onEachDestination, type StartVisit } from './on-each-destination.ts'
import { processesOf } from './processes-of.ts'

const strict = fileURLToPath(new URL('../visits/projects/strict', import.meta.url))

/** A report of a few sound rows, another for each number. */
function reportText(number: number): string {
  const set = { files: 1, rowsPerFile: 8, dirtyShare: 0, secondHeader: 'jyv', seed: 300 + number }
  return [...manyReports(set)].flatMap((form) => [...reportLines(form)].map(({ text }) => text)).join('')
}

const header = (reportText(0).split('\r\n')[0] ?? '') + '\r\n'
const row = (email: string, links: string): string =>
  `${email},,,,05/01/2026 18:30,05/01/2026 18:31,1,0,05/01/2026 18:32,1,0,${links},192.0.2.1,Firefox,Linux\r\n`

interface Case {
  readonly name: string
  readonly bytes: Buffer
  /** State, then read, loaded and rejected rows. */
  readonly ends: string
  /** What is said of it on standard error. */
  readonly says?: RegExp
}

const LOADED = 'ready 8 8 0'
const REFUSED = 'failed_layout 0 0 0'

const gzip = gzipSync(reportText(1))
const CASES: readonly Case[] = [
  { name: 'report_gzip.txt', bytes: gzip, ends: LOADED },
  { name: 'report_zstd.txt', bytes: zstdCompressSync(reportText(2)), ends: LOADED },
  {
    name: 'report_zip.txt',
    bytes: zipOf({ name: 'a.txt', content: Buffer.from(reportText(3)) }),
    ends: LOADED,
  },
  {
    name: 'report_zip_dots.txt',
    bytes: zipOf({ name: '../../escaped.txt', content: Buffer.from(reportText(4)) }),
    ends: LOADED,
  },
  {
    name: 'report_gzip_cut.txt',
    bytes: gzipSync(reportText(5)).subarray(0, -9),
    ends: REFUSED,
    says: /cannot be read/,
  },
  {
    name: 'report_zip_twice.txt',
    bytes: zipOf({ name: 'b.zip', content: zipOf({ name: 'a', content: Buffer.from(reportText(6)) }) }),
    ends: REFUSED,
    says: /packed again/,
  },
  {
    name: 'report_zip_two.txt',
    bytes: zipOf(
      { name: 'a', content: Buffer.from(reportText(7)) },
      { name: 'b', content: Buffer.from(reportText(8)) },
    ),
    ends: REFUSED,
    says: /more than one file/,
  },
  {
    name: 'report_zip_secret.txt',
    bytes: zipOf({ name: 'a', content: Buffer.from(reportText(9)), flags: 1 }),
    ends: REFUSED,
    says: /encrypted/,
  },
  {
    name: 'report_long_line.txt',
    bytes: Buffer.from(
      header + row('a@example.com', `"${'x'.repeat(3_000_000)}"`) + row('b@example.com', '3'),
    ),
    ends: 'ready 2 2 0',
  },
  {
    name: 'report_nul.txt',
    bytes: Buffer.from(
      header + row('c@example.com', 'a\0b') + row('d\0@example.com', '3') + row('e@example.com', '3'),
    ),
    ends: 'ready_with_rejects 3 1 2',
  },
  { name: 'report_newlines.txt', bytes: Buffer.from('\r\n'.repeat(500)), ends: REFUSED },
  { name: 'report_empty.txt', bytes: Buffer.alloc(0), ends: REFUSED },
  { name: 'report_header.txt', bytes: Buffer.from(header), ends: 'ready 0 0 0' },
  { name: 'report_utf16.txt', bytes: Buffer.from(`\uFEFF${reportText(10)}`, 'utf16le'), ends: LOADED },
  {
    name: 'report_latin.txt',
    bytes: Buffer.from(header + row('f@example.com', 'caf\u00E9 a\u00F1o'), 'latin1'),
    ends: 'ready 1 1 0',
  },
  {
    name: 'report_noise.txt',
    bytes: Buffer.from(Array.from({ length: 9_000 }, (_, i) => (i * 7919) % 256)),
    ends: REFUSED,
  },
]

async function startWith(
  start: StartVisit,
  files: readonly Pick<Case, 'name' | 'bytes'>[],
): Promise<VisitsRun> {
  const visit = await start({ project: strict })
  for (const number of [1, 2, 3, 5]) rmSync(join(visit.source, `report_${number}.txt`))
  for (const { name, bytes } of files) writeFileSync(join(visit.source, name), bytes)
  visit.settle()
  return visit
}

onEachDestination('what is in the files', (start) => {
  test('damaged, packed, odd and empty files: each ends as it should, every row accounted for', async () => {
    await using visit = await startWith(start, CASES)
    const run = await visit.run()
    expect(run.code, run.stderr).toBe(65)
    const items = run.document?.runs[0]?.items ?? []
    expect(
      Object.fromEntries(
        items.map(({ key, state, read, loaded, rejected }) => [
          key,
          `${state} ${read} ${loaded} ${rejected}`,
        ]),
      ),
    ).toEqual(Object.fromEntries(CASES.map(({ name, ends }) => [name, ends])))
    for (const { name, says } of CASES)
      expect(run.stderr.split('✗').find((text) => text.includes(name)) ?? '').toMatch(says ?? /^/)
    await expectCalm(visit)
    const again = await visit.run()
    expect(again.code, again.stderr).toBe(0)
    expect(again.document?.runs[0]?.totals.items).toBe(0)
  })

  test('bombs are stopped at `limits.maxUnpackedBytes`, in little memory, and the file beside them is loaded', async () => {
    const zeros = Buffer.alloc(300_000_000, '0')
    await using visit = await startWith(start, [
      { name: 'report_bomb_gzip.txt', bytes: gzipSync(zeros, { level: 9 }) },
      { name: 'report_bomb_zip.txt', bytes: zipOf({ name: 'a', content: zeros }) },
      { name: 'report_bomb_zstd.txt', bytes: zstdCompressSync(zeros) },
      { name: 'report_good.txt', bytes: Buffer.from(reportText(20)) },
    ])
    visit.env['PRUEBA_LIMITES'] = '{"maxUnpackedBytes":50000000}'
    const running = visit.start(['run', 'visitas', '--json'])
    const over = new AbortController()
    const ended = running.ended.finally(() => over.abort())
    let mostMb = 0
    while (!over.signal.aborted) {
      mostMb = Math.max(
        mostMb,
        processesOf(visit).reduce((sum, { memoryMb }) => sum + memoryMb, 0),
      )
      await pause(25)
    }
    const { code, stderr } = await ended
    expect(code, stderr).toBe(65)
    for (const kind of ['gzip', 'zip', 'zstd'])
      expect(stderr.split('✗').find((text) => text.includes(`bomb_${kind}`))).toMatch(
        /grows beyond what is allowed/,
      )
    expect(mostMb).toBeGreaterThan(50)
    expect(mostMb).toBeLessThan(512)
    await expectCalm(visit)
  })
})
