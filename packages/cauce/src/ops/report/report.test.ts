import { describe, expect, test } from 'vitest'
import type { Text } from '../../model/language.ts'
import { speakerOf } from '../../model/speaker.ts'
import type { DayFigures } from '../../ledger/day-figures.ts'
import type { MonthFigures } from '../../ledger/month-figures.ts'
import { dayDocument } from './day-document.ts'
import { dayHtml } from './day-html.ts'
import { dayMarkdown } from './day-markdown.ts'
import type { DayReport } from './day-report.ts'
import { monthHtml } from './month-html.ts'
import { monthMarkdown } from './month-markdown.ts'
import * as words from './report-words.ts'

const [english, spanish] = [speakerOf('en'), speakerOf('es')]
const ROWS = { read: 1_234, loaded: 1_200, rejected: 34, skipped: 0, warnings: 7 }
const NASTY = '<script>alert(1)</script> | [x](https://evil.example) `a` \u202egpj.\n"&'

function dayReport(more: Partial<DayFigures> = {}): DayReport {
  return {
    figures: {
      pipeline: 'visitas',
      day: '2026-11-24',
      timezone: 'America/Mexico_City',
      fromMs: Date.parse('2026-11-24T06:00:00Z'),
      untilMs: Date.parse('2026-11-25T06:00:00Z'),
      takenMs: Date.parse('2026-11-25T06:00:05Z'),
      files: {
        total: 6,
        byState: { duplicate: 1, failed_layout: 1, ready: 3, ready_with_rejects: 1 },
        loaded: 4,
        failed: 1,
        successRate: 0.8,
      },
      rows: ROWS,
      loadedBytes: 111_100,
      replays: { items: 1, rows: { ...ROWS, read: 3, loaded: 2, rejected: 1, warnings: 0 } },
      rules: [{ code: 'email:invalid', level: 'error', rows: 34, items: 1 }],
      slowest: [{ id: 1, key: NASTY, state: 'ready', tookMs: 95_000, sizeBytes: 1_000, read: 420 }],
      retries: { tries: 2, items: 1 },
      runs: {
        total: 1,
        byState: { failed: 1 },
        listed: [
          {
            id: 'R1',
            state: 'failed',
            cause: 'schedule',
            startedMs: Date.parse('2026-11-24T08:00:00Z'),
            finishedMs: Date.parse('2026-11-24T08:01:35Z'),
            items: 6,
            ...ROWS,
          },
        ],
      },
      waiting: {
        total: 61,
        byState: { failed_layout: 61 },
        listed: [
          {
            id: 4,
            key: NASTY,
            state: 'failed_layout',
            sinceMs: Date.parse('2026-11-24T08:01:00Z'),
            attempts: 1,
            dayRetries: 0,
            errorCode: 'LAYOUT_COLUMNS',
            errorDetails: {
              file: NASTY,
              detail: 'expected 15, found 16',
              detalle: 'se esperaban 15, hay 16',
            },
          },
        ],
      },
      open: 0,
      ...more,
    },
    states: { ready: 'COMPLETADO' },
    closedMs: Date.parse('2026-11-25T06:00:05Z'),
    archive: { path: '/respaldo/backup_20261124.zip', sha256: 'ab'.repeat(32), sizeBytes: 24_927, files: 5 },
    lost: [],
  }
}

const MONTH: MonthFigures = {
  pipeline: 'visitas',
  month: '2026-11',
  timezone: 'America/Mexico_City',
  takenMs: Date.parse('2026-11-25T06:00:05Z'),
  days: [
    {
      day: '2026-11-24',
      files: { total: 6, byState: { ready: 5, refused: 1 }, loaded: 5, failed: 1, successRate: 5 / 6 },
      rows: ROWS,
      replays: { items: 0, rows: ROWS },
      closedMs: null,
      backup: null,
    },
  ],
  files: { total: 6, byState: { ready: 5, refused: 1 }, loaded: 5, failed: 1, successRate: 5 / 6 },
  rows: ROWS,
  replays: { items: 0, rows: ROWS },
}

describe('a page', () => {
  test('is complete in itself, runs nothing, and shows names from outside as they are', () => {
    for (const page of [
      dayHtml(dayReport(), english),
      monthHtml({ figures: MONTH, states: { ready: NASTY } }, spanish),
    ]) {
      expect(page).not.toMatch(/<script|javascript:|<link|<img|<iframe|@import|url\(|\son\w+=/i)
      expect(page.replaceAll(/https:\/\/evil\.example/g, '')).not.toMatch(/(https?:)?\/\/\w/)
      expect(page).toContain('&#60;script&#62;alert(1)&#60;/script&#62;')
      expect(page).toContain(String.raw`\u202egpj.\n&#34;&#38;`)
      expect(page).toContain("default-src 'none'")
    }
  })

  test('closes every element it opens', () => {
    const page = dayHtml({ ...dayReport(), lost: [{ key: 'a', detail: '/b' }] }, english)
    const open: string[] = []
    const wrong: string[] = []
    const marks = page.replace(/<style>.*?<\/style>/s, '').matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)
    for (const [, slash, name = ''] of marks) {
      if (['meta', 'br'].includes(name)) continue
      if (slash === '') open.push(name)
      else if (open.pop() !== name) wrong.push(name)
    }
    expect([...open, ...wrong]).toEqual([])
  })
})

test('Markdown shows names from outside as text, one row a line', () => {
  const text = dayMarkdown(dayReport(), english)
  const rows = text.split('\n').filter((line) => line.startsWith('|'))
  for (const row of rows) expect(row.split(/(?<!\\)\|/).length).toBeGreaterThan(2)
  expect(text).not.toMatch(/<script|[^\\]\[x\]|https:\/\//)
  expect(text).toContain('and 60 more')
})

test('the same figures are told in both languages, in the pipeline’s own words and zone', () => {
  const [en, es] = [dayMarkdown(dayReport(), english), dayMarkdown(dayReport(), spanish)]
  for (const text of [en, es]) {
    expect(text).toContain('COMPLETADO')
    expect(text).toContain('1,234')
    expect(text).toContain('80.0 %')
    expect(text).toContain('2026-11-24 02:00:00')
    expect(text).toContain('backup_20261124.zip')
  }
  expect(en).toContain('Tuesday, 24 November 2026')
  expect(en).toContain('email is not well formed')
  expect(en).toContain('4 of 5 files loaded')
  expect(en).toContain('expected 15, found 16')
  expect(es).toContain('martes, 24 de noviembre de 2026')
  expect(es).toContain('email no está bien formado')
  expect(es).toContain('4 de 5 archivos cargados')
  expect(es).toContain('se esperaban 15, hay 16')
})

test('what waits and what was not closed yet says of when it is', () => {
  const live = { ...dayReport({ takenMs: Date.parse('2026-11-24T18:00:00Z') }), closedMs: null }
  expect(dayMarkdown(live, english)).toContain('the day is not over: as of 2026-11-24 12:00:00')
  expect(dayMarkdown(dayReport(), english)).toContain('closed 2026-11-25 00:00:05')
  expect(monthMarkdown({ figures: MONTH, states: {} }, english)).toContain('2026-11-24 \\*')
})

test('the document has the ledger’s words, moments in ISO form, and numbers as numbers', () => {
  const document = dayDocument(dayReport(), 'en')
  expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  expect(document).toMatchObject({
    pipeline: 'visitas',
    day: '2026-11-24',
    closedAt: '2026-11-25T06:00:05.000Z',
    final: true,
    files: { byState: { ready: 3, failed_layout: 1 }, successRate: 0.8, labels: { ready: 'COMPLETADO' } },
    rows: ROWS,
    slowest: [{ label: 'COMPLETADO', tookMs: 95_000 }],
    waiting: { total: 61, listed: [{ error: { code: 'LAYOUT_COLUMNS', class: 'layout' } }] },
    archive: { files: 5, sizeBytes: 24_927 },
  })
})

test('a day on which nothing happened is told too', () => {
  const figures = dayReport().figures
  const nothing: Partial<DayFigures> = {
    files: { total: 0, byState: {}, loaded: 0, failed: 0, successRate: null },
    rows: { read: 0, loaded: 0, rejected: 0, skipped: 0, warnings: 0 },
    rules: [],
    slowest: [],
    runs: { ...figures.runs, total: 0, listed: [] },
    waiting: { total: 0, byState: {}, listed: [] },
  }
  const report = { ...dayReport(nothing), archive: undefined }
  expect(dayMarkdown(report, spanish)).toContain('Nada terminó este día.')
  expect(dayHtml(report, spanish)).toContain('Nada terminó este día.')
  expect(JSON.stringify(dayDocument(report, 'es'))).not.toMatch(/NaN|undefined/)
})

test('both languages of a word tell the same values', () => {
  const marks = (text: string): readonly string[] => [...new Set(text.match(/\{\w+\}/g))].toSorted()
  const texts = textsIn(words)
  expect(texts.length).toBeGreaterThan(80)
  for (const { en, es } of texts) expect(marks(es), en).toEqual(marks(en))
})

function textsIn(value: unknown): readonly Text[] {
  if (typeof value !== 'object' || value === null) return []
  if ('en' in value && 'es' in value) return [value as Text]
  return Object.values(value).flatMap(textsIn)
}
