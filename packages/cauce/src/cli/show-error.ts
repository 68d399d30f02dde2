import type { CauceError } from '../model/cauce-error.ts'
import { ERROR_CODES } from '../model/error-codes.ts'
import { fillText } from '../model/language.ts'
import type { Speaker } from './speaker.ts'
import type { Screen } from './terminal/screen.ts'
import { visibleLines, visibleText } from './terminal/visible-text.ts'
import { wrapLine } from './terminal/wrap.ts'

/** Details that are sentences of other programs, often of several lines; all others are names on one line. */
const SENTENCES = new Set(['detail', 'issuesEn', 'issuesEs'])

/** An error's sentence in the reader's language; nothing in it is obeyed by a terminal. Lines after the first are indented. */
export function errorText(error: CauceError, { language }: Speaker): string {
  const details = Object.fromEntries(
    Object.entries(error.details).map(([name, value]) => [
      name,
      SENTENCES.has(name) ? sentence(String(value)) : visibleText(String(value)),
    ]),
  )
  return fillText(ERROR_CODES[error.code].text[language], details)
}

function sentence(text: string): string {
  // Our texts go on with a full stop of their own.
  return visibleLines(text.trimEnd().replace(/\.$/, '')).join('\n    ')
}

/** Writes an error for people: what, where, what to do; for a fault of ours also the stack, to be reported. */
export function showError(error: CauceError, speaker: Speaker, screen: Screen): void {
  const [first = '', ...others] = errorText(error, speaker).split('\n')
  screen.line(wrapLine(screen, `${screen.paint('bad', '✗')} `, first, 2))
  for (const line of others) screen.line(line)
  if (error.class === 'bug') showStack(error, screen)
}

function showStack(error: CauceError, screen: Screen): void {
  const { cause } = error
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : (error.stack ?? '')
  for (const line of visibleLines(stack)) screen.line(screen.paint('quiet', `  ${line}`))
}
