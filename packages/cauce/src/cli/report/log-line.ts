import type { LogLevel } from '../../logs/log-events.ts'
import { fieldFormat, type LogRecord, recordError, recordSentence } from '../../logs/log-record.ts'
import { visibleLines, visibleText } from '../../model/visible-text.ts'
import { errorText } from '../show-error.ts'
import type { Speaker } from '../speaker.ts'
import type { Screen, Style } from '../terminal/screen.ts'

/** How lines are shown. */
export interface LogLook {
  readonly speaker: Speaker
  readonly screen: Pick<Screen, 'paint'>
  /** The day too, or the time alone. */
  readonly showsDay: boolean
  /** Whose item it is; left out where all lines are of one. */
  readonly showsItem: boolean
}

const MARKS: Readonly<Record<LogLevel, string>> = { debug: '·', info: ' ', warn: '!', error: '✗' }
const STYLES: Readonly<Record<LogLevel, Style>> = {
  debug: 'quiet',
  info: 'good',
  warn: 'warning',
  error: 'bad',
}

/** One line of a log for people: time, weight, pipeline, file, what happened; nothing in it is obeyed by a terminal. */
export function logLine(record: LogRecord, look: LogLook): string {
  const { speaker, screen, showsDay, showsItem } = look
  const { figures, language } = speaker
  const moment = figures.moment(Date.parse(record.time))
  const error = recordError(record)
  const format = fieldFormat(figures, (ms) => shortMoment(figures.moment(ms), moment))
  const sentence = visibleText(recordSentence(record, language, format))
  const told = error === undefined ? sentence : `${sentence}: ${oneLine(errorText(error, speaker))}`
  const isQuiet = record.level === 'debug'
  return [
    screen.paint('quiet', showsDay ? moment : moment.slice(11)),
    screen.paint(STYLES[record.level], MARKS[record.level]),
    ...(record.pipeline === undefined || !showsItem
      ? []
      : [screen.paint('command', visibleText(record.pipeline))]),
    ...(record.key === undefined || !showsItem ? [] : [screen.paint('heading', visibleText(record.key))]),
    isQuiet ? screen.paint('quiet', told) : told,
    ...stackOf(record).map((line) => `\n${' '.repeat(showsDay ? 22 : 11)}${screen.paint('quiet', line)}`),
  ].join(' ')
}

/** A moment of the same day by its time alone. */
function shortMoment(moment: string, now: string): string {
  return moment.startsWith(now.slice(0, 10)) ? moment.slice(11) : moment
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ')
}

/** Where a fault of ours arose, to be reported. */
function stackOf({ error }: LogRecord): readonly string[] {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return []
  return typeof error.stack === 'string' ? visibleLines(error.stack).map((line) => line.trim()) : []
}
