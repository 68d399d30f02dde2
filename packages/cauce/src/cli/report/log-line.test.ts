import { expect, test } from 'vitest'
import { parseLogLine, type LogRecord } from '../../logs/log-record.ts'
import { CauceError } from '../../model/cauce-error.ts'
import { speakerOf } from '../speaker.ts'
import { logLine, type LogLook } from './log-line.ts'

const record = (fields: Readonly<Record<string, unknown>>): LogRecord => {
  const line = {
    level: 'info',
    time: new Date(2026, 10, 24, 2, 0, 7).toISOString(),
    worker: 'h:1',
    event: 'note',
    msg: 'said then',
    ...fields,
  }
  const parsed = parseLogLine(JSON.stringify(line))
  if (parsed === undefined) throw new Error('no line')
  return parsed
}

const look = (more: Partial<LogLook> = {}): LogLook => ({
  speaker: speakerOf('en'),
  screen: { paint: (_style, text) => text },
  showsDay: false,
  showsItem: true,
  ...more,
})

const loaded = record({
  event: 'item-loaded',
  pipeline: 'visitas',
  key: 'report_001.txt',
  label: 'COMPLETADO',
  read: 1006,
  loaded: 1000,
  rejected: 6,
  skipped: 0,
  warnings: 2,
  tookMs: 1234,
})

test("a line tells time, pipeline, file and what happened, in the reader's language and figures", () => {
  expect(logLine(loaded, look())).toBe(
    '02:00:07   visitas report_001.txt COMPLETADO: 1,006 rows read, 1,000 loaded, 6 rejected, 0 skipped, 2 warnings; took 1.2 s',
  )
  expect(logLine(loaded, look({ speaker: speakerOf('es'), showsDay: true, showsItem: false }))).toBe(
    '2026-11-24 02:00:07   COMPLETADO: 1,006 filas leídas, 1,000 cargadas, 6 rechazadas, 0 omitidas, 2 avisos; duró 1.2 s',
  )
})

test('an error is told with its remedy on the same line', () => {
  const error = new CauceError('SOURCE_UNREACHABLE', { url: 'sftp://h', detail: 'one\n  two' })
  const failed = record({
    level: 'error',
    event: 'item-failed',
    label: 'FALLO_SISTEMA',
    attempt: 3,
    error: error.report(),
  })
  expect(logLine(failed, look())).toBe(
    '02:00:07 ✗ FALLO_SISTEMA in attempt 3: The source sftp://h could not be reached: one two. Check host, port and network.',
  )
})

test('words and texts of ours are told in the language of the reader, whoever wrote the line', () => {
  const es = look({ speaker: speakerOf('es') })
  expect(logLine(record({ event: 'stage-ended', stage: 'load', tookMs: 50 }), es)).toBe(
    '02:00:07   carga duró 0.1 s',
  )
  const broken = record({
    level: 'warn',
    event: 'rule-broken',
    rule: 'email:invalid',
    rows: 6,
    meaning: { en: 'no', es: 'mal' },
  })
  expect(logLine(broken, es)).toBe('02:00:07 ! email:invalid: 6 filas (mal)')
})

test('moments of the same day are told by the time alone', () => {
  const until = (at: Date): string =>
    logLine(record({ level: 'warn', event: 'item-tried-again', attempt: 1, until: at.toISOString() }), look())
  expect(until(new Date(2026, 10, 24, 2, 0, 17))).toBe('02:00:07 ! attempt 1 failed; tried again at 02:00:17')
  expect(until(new Date(2026, 10, 25, 2, 0, 0))).toContain('tried again at 2026-11-25 02:00:00')
})

test('what a newer Cauce wrote is told in its own words, and nothing is obeyed by a terminal', () => {
  const odd = record({ event: 'of-tomorrow', pipeline: 'a\x1b[2J', key: 'b\nc', msg: 'sentence\x07' })
  expect(logLine(odd, look())).toBe('02:00:07   a\\x1b[2J b\\nc sentence\\x07')
})

test('a fault of ours is told with where it arose', () => {
  const error = {
    code: 'BUG',
    class: 'bug',
    details: { detail: 'x' },
    stack: 'TypeError: x\n    at y (z.ts:1)',
  }
  const [first, ...stack] = logLine(record({ level: 'error', event: 'run-failed', error }), look()).split(
    '\n',
  )
  expect(first).toContain('the run broke off: ')
  expect(stack.map((line) => line.trim())).toEqual(['TypeError: x', 'at y (z.ts:1)'])
})
