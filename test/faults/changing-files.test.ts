import { createHash } from 'node:crypto'
import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { manyReports } from '../../examples/visitas/generator/many-reports.ts'
import { reportLines } from '../../examples/visitas/generator/report-lines.ts'
import { loadKey } from '../../packages/cauce/src/model/load-key.ts'
import { VisitsRun } from '../visits/visits-run.ts'
import { readTables } from '../visits/visits-tables.ts'
import { expectCalm } from './expect-calm.ts'
import { ledgerItems } from './ledger-items.ts'
import { onEachDestination } from './on-each-destination.ts'

const strict = fileURLToPath(new URL('../visits/projects/strict', import.meta.url))
const CHANGING = 'report_9.txt'
const OLD_SECONDS = 1_000_000_000

/** A whole report of that many sound rows, another for each number. */
function reportText(rows: number): string {
  const set = { files: 1, rowsPerFile: rows, dirtyShare: 0, secondHeader: 'jyv', seed: rows }
  return [...manyReports(set)].flatMap((form) => [...reportLines(form)].map(({ text }) => text)).join('')
}

/** How many rows stand in `estadisticas` for each load. */
async function rowsByLoad({ destination }: VisitsRun): Promise<ReadonlyMap<string, number>> {
  const { estadisticas } = await readTables(destination)
  const byLoad = Map.groupBy(estadisticas, (line) => line.split(',').at(-2) ?? '')
  return new Map([...byLoad].map(([load, lines]) => [load, lines.length]))
}

/** The key under which a version of the changing file is loaded. */
function keyOf(text: string): string {
  const content = createHash('sha256').update(text).digest('hex')
  return loadKey({ pipeline: 'visitas', item: CHANGING, content, generation: 0 })
}

/** Does something again and again until disposed of. */
function again(everyMs: number, work: (time: number) => void): AsyncDisposable {
  const over = new AbortController()
  const going = (async () => {
    for (let time = 1; !over.signal.aborted; time++) {
      work(time)
      await pause(everyMs)
    }
  })()
  return {
    async [Symbol.asyncDispose]() {
      over.abort()
      await going
    },
  }
}

describe('a writer at work while `cauce run` is started 20 times', () => {
  test.concurrent('a file that grows is left alone, and loaded once and whole when it stands still', async () => {
    await using visit = new VisitsRun()
    const path = join(visit.source, CHANGING)
    const [header = '', ...lines] = reportText(20_000).split('\r\n')
    for (const name of ['report_1.txt', 'report_2.txt', 'report_3.txt', 'report_4.txt', 'report_5.txt'])
      rmSync(join(visit.source, name))
    writeFileSync(path, `${header}\r\n`)
    {
      await using _ = again(20, (time) => appendFileSync(path, `${lines[time]}\r\n`))
      for (let run = 1; run <= 10; run++) {
        const { code, stderr } = await visit.run()
        expect(code, stderr).toBe(0)
      }
      expect(ledgerItems(visit)).toEqual([])
    }
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    const whole = readFileSync(path, 'utf8')
    expect(await rowsByLoad(visit)).toEqual(new Map([[keyOf(whole), whole.split('\r\n').length - 2]]))
    await expectCalm(visit)
  })

  test.concurrent('a file replaced all the time is never a mixture, and its last version is loaded once', async () => {
    await using visit = new VisitsRun({ project: strict })
    // Every version counts, so that the last one is loaded whatever was met before.
    visit.env['PRUEBA_VERSIONES'] = 'todas'
    const path = join(visit.source, CHANGING)
    for (const name of ['report_1.txt', 'report_2.txt', 'report_3.txt', 'report_4.txt', 'report_5.txt'])
      rmSync(join(visit.source, name))
    const texts = Array.from({ length: 60 }, (_, index) => reportText(1_000 + index))
    const replace = (time: number): void => {
      const draft = join(visit.folder, 'draft')
      writeFileSync(draft, texts[time % texts.length] ?? '')
      // As old as if it had been moved here from elsewhere: one look is enough to take it.
      utimesSync(draft, OLD_SECONDS, OLD_SECONDS + time)
      renameSync(draft, path)
    }
    replace(0)
    {
      await using _ = again(15, replace)
      for (let run = 1; run <= 10; run++) {
        const { code, stderr } = await visit.run()
        expect([0, 75], stderr).toContain(code)
        expect(stderr.replaceAll(/✗ report_9.txt changed while it was read: .*\s+/g, '')).toBe('')
      }
    }
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    const found = await rowsByLoad(visit)
    const possible = new Map(texts.map((text, index) => [keyOf(text), 1_000 + index]))
    for (const [load, rows] of found) expect(rows).toBe(possible.get(load))
    expect([...found.keys()]).toContain(keyOf(readFileSync(path, 'utf8')))
    await expectCalm(visit)
  })
})

onEachDestination('between listing and reading', (start) => {
  test('a file cut short, one taken away and one replaced are not loaded as they were listed; the next run takes what is there', async () => {
    await using visit = await start()
    const place = (number: number): string => join(visit.source, `report_${number}.txt`)
    for (const number of [7, 8, 9]) writeFileSync(place(number), reportText(number * 100))
    visit.settle()
    const running = visit.start(['run', 'visitas', '--jobs', '1'])
    await new Promise<void>((resolve) => {
      running.child.stderr.on('data', (text: Buffer) => {
        if (text.includes('7 files found')) resolve()
      })
    })
    truncateSync(place(7), 5_000)
    rmSync(place(8))
    writeFileSync(join(visit.folder, 'draft'), reportText(901))
    renameSync(join(visit.folder, 'draft'), place(9))
    const broken = await running.ended
    expect(broken.code, broken.stderr).toBe(75)
    expect(broken.stderr).toMatch(/report_7.txt changed while it was read/)
    expect(broken.stderr).toMatch(/report_8.txt is gone from the source and was not loaded/)
    expect(broken.stderr).toMatch(/report_9.txt changed while it was read/)
    expect((await rowsByLoad(visit)).size).toBe(4)

    writeFileSync(place(7), reportText(200))
    visit.settle()
    const next = await visit.run()
    expect(next.code, next.stderr).toBe(0)
    const items = ledgerItems(visit).map(({ key, state, loaded }) => `${key} ${state} ${loaded}`)
    expect(items.slice(4)).toEqual([
      'report_7.txt superseded 0',
      'report_7.txt ready 200',
      // Told once, and waiting to be listed again.
      'report_8.txt failed_system 0',
      'report_9.txt superseded 0',
      'report_9.txt ready 901',
    ])
    await expectCalm(visit)
  })
})
