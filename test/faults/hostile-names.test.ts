import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { manyReports } from '../../examples/visitas/generator/many-reports.ts'
import { reportLines } from '../../examples/visitas/generator/report-lines.ts'
import { runProgram } from '../servers/run-program.ts'
import { describeNeeding, sharedSftp } from '../servers/shared-servers.ts'
import type { VisitsRun } from '../visits/visits-run.ts'
import { readTables } from '../visits/visits-tables.ts'
import { expectCalm } from './expect-calm.ts'
import { ledgerItems } from './ledger-items.ts'
import { onEachDestination, startOnMariadb } from './on-each-destination.ts'

/** Names a file system lets through, chosen by somebody who means no good. */
const NAMES = [
  'report_..%2f..%2fescaped.txt',
  'report_..\\..\\escaped.txt',
  'report_\n.txt',
  'report_\r\nSet-Cookie: a=b.txt',
  'report_\t.txt',
  'report_\u001B[31mred\u001B]0;title\u0007.txt',
  `report_'";--.txt`,
  "report_'); DROP TABLE visitantes; --.txt",
  'report_`touch escaped`.txt',
  'report_$(touch escaped).txt',
  'report_; touch escaped;.txt',
  'report_| touch escaped.txt',
  'report_%s%n%00.txt',
  'report_{item}{file}.txt',
  'report_*.txt',
  'report_?[a-z].txt',
  'report_-rf .txt',
  'report_ .txt',
  'report_\u202Etxt.exe.txt',
  'report_\u{1F4A9}é\u0301.txt',
  'report_\\xFF.txt',
  `report_${'x'.repeat(255 - 'report_.txt'.length)}.txt`,
]
/** Not text at all: bytes that are no UTF-8. */
const BYTES = Buffer.from([...Buffer.from('report_'), 0xff, 0xfe, 0xc3, 0x28, ...Buffer.from('.txt')])

/** A small report of ten rows, one of them to be rejected; another for each number. */
function reportText(number: number): string {
  const set = { files: 1, rowsPerFile: 9, dirtyShare: 0, secondHeader: 'jyv', seed: 900 + number }
  const text = [...manyReports(set)]
    .flatMap((form) => [...reportLines(form)].map((chunk) => chunk.text))
    .join('')
  return `${text}not-an-address-${number},,,,05/01/2026 18:30,-,0,0,-,0,0,-,-,-,-\r\n`
}

/** Everything in a folder: kind, and content or target, by path as bytes. */
function listing(folder: string): readonly string[] {
  const found: string[] = []
  const visit = (path: Buffer): void => {
    for (const name of readdirSync(path, { encoding: 'buffer' })) {
      const below = Buffer.concat([path, Buffer.from('/'), name])
      const facts = lstatSync(below)
      if (facts.isDirectory()) visit(below)
      const content = facts.isFile()
        ? createHash('sha256').update(readFileSync(below)).digest('hex')
        : facts.isSymbolicLink()
          ? readlinkSync(below, 'latin1')
          : ''
      found.push(`${below.toString('latin1')} ${facts.mode} ${content}`)
    }
  }
  visit(Buffer.from(folder))
  return found.toSorted()
}

/** The source and its surroundings: nothing of it may change. */
function layTraps(visit: VisitsRun, outside: string): void {
  rmSync(visit.source, { recursive: true })
  mkdirSync(visit.source)
  for (const [number, name] of [...NAMES, BYTES].entries())
    writeFileSync(Buffer.concat([Buffer.from(`${visit.source}/`), Buffer.from(name)]), reportText(number))
  // A link out of the folder, one that leads nowhere, one to itself, and a folder by the name of a file.
  writeFileSync(join(outside, 'secret.txt'), reportText(100))
  symlinkSync(join(outside, 'secret.txt'), join(visit.source, 'report_link.txt'))
  symlinkSync(join(outside, 'nowhere'), join(visit.source, 'report_dangling.txt'))
  symlinkSync('report_loop.txt', join(visit.source, 'report_loop.txt'))
  symlinkSync(outside, join(visit.source, 'report_out.txt'))
  mkdirSync(join(visit.source, 'report_folder.txt'))
  // Fits no pattern, and looks like an option to a careless program.
  writeFileSync(join(visit.source, '-rf'), '')
  for (const name of readdirSync(visit.source, { encoding: 'buffer' })) {
    const path = Buffer.concat([Buffer.from(`${visit.source}/`), name])
    if (!lstatSync(path).isSymbolicLink()) utimesSync(path, 1_000_000_000, 1_000_000_000)
  }
}

onEachDestination('names chosen to do harm', (start) => {
  test('are loaded each under its own name, or left alone; nothing outside our own folders is touched', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'cauce-outside-'))
    await using visit = await start({ under: outside })
    layTraps(visit, outside)
    await runProgram('mkfifo', [join(visit.source, 'report_pipe.txt')])
    const before = listing(outside)

    const run = await visit.run()
    expect(run.code, run.stderr).toBe(0)
    const items = run.document?.runs[0]?.items ?? []
    const expected = [
      ...NAMES.map((name) => name.replace('\\xFF', '\\x5CxFF')),
      'report_\\xFF\\xFE\\xC3(.txt',
    ]
    expect(items.map(({ key }) => key).toSorted()).toEqual(expected.toSorted())
    expect(
      new Set(items.map(({ state, read, loaded, rejected }) => `${state} ${read} ${loaded} ${rejected}`)),
    ).toEqual(new Set(['ready_with_rejects 10 9 1']))
    const { errores, estadisticas } = await readTables(visit.destination)
    expect(errores).toHaveLength(expected.length)
    for (const name of expected) expect(errores.filter((line) => line.startsWith(`${name},`))).toHaveLength(1)
    expect(estadisticas).toHaveLength(expected.length * 9)
    await expectCalm(visit)

    const ours = [visit.home, join(visit.folder, 'respaldo'), join(visit.folder, 'visitas.duckdb')]
    const after = listing(outside).filter((line) => !ours.some((path) => line.startsWith(path)))
    expect(after).toEqual(before)
    // Our own names are never theirs. Only logs are called after their files, spelled in letters and digits.
    const names = readdirSync(visit.folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => !name.startsWith('entrada'),
    )
    const isLog = (name: string): boolean =>
      /^home\/logs\/\d{8}\/[\p{L}\p{N}_.@+=, -]{1,200}\.log$/u.test(name)
    expect(names.filter((name) => /report_|escaped/.test(name) && !isLog(name))).toEqual([])
    expect(names.filter(isLog)).toHaveLength(expected.length + 1)

    // What people see obeys no name.
    for (const words of [
      ['items', 'list'],
      ['items', 'show', expected[5] ?? ''],
      ['rejects', 'list'],
      ['rejects', 'show', expected[5] ?? ''],
      ['status'],
      ['logs'],
      ['logs', expected[5] ?? ''],
    ]) {
      const { stdout, stderr } = await visit.cauce(words)
      // oxlint-disable-next-line no-control-regex -- that is what must not come out
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F\u202E]/)
    }
    rmSync(outside, { recursive: true, force: true })
  })
})

describe('the same over SFTP', () => {
  describeNeeding('mariadb', 'sshd')('into MariaDB', () => {
    test('every name that is text is loaded; one that is not is refused by name, and the others go on', async () => {
      await using visit = await startOnMariadb()
      const folder = await sharedSftp().createFolder()
      for (const [number, name] of [...NAMES, BYTES].entries())
        writeFileSync(Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.from(name)]), reportText(number))
      const { privateKeyPath, hostKeyFingerprint } = sharedSftp()
      visit.env['VISITAS_ORIGEN'] =
        `${folder.url}?${new URLSearchParams({ key: privateKeyPath, hostkey: hostKeyFingerprint }).toString()}`
      const run = await visit.run()
      expect(run.code, run.stderr).toBe(65)
      expect(run.stderr).toMatch(/cannot be read/)
      const states = ledgerItems(visit).map(({ state }) => state)
      expect(states.filter((state) => state === 'ready_with_rejects')).toHaveLength(NAMES.length)
      expect(states.filter((state) => state === 'failed_layout')).toHaveLength(1)
      await expectCalm(visit)
    })
  })
})
