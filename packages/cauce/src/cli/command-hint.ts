import { ledgerPlace } from '../ledger/ledger-place.ts'
import { displayLocation } from '../ops/display-location.ts'
import type { Cli, CommonOptions } from './cli.ts'
import { unbroken } from './terminal/wrap.ts'

/** A command a person can copy: started the way this one was, on the same project; coloured, and never broken over lines. */
export function commandHint(
  { environment, out }: Pick<Cli, 'environment' | 'out'>,
  { project, home, ledger }: CommonOptions,
  words: readonly string[],
): string {
  // npm sets this for whatever it starts: there `cauce` alone would not be found.
  const program = environment['npm_command'] === undefined ? ['cauce'] : ['npx', 'cauce']
  const common = Object.entries({ project, home, ledger: ledger && withoutPassword(ledger) }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`--${name}`, value]),
  )
  return out.paint('command', unbroken([...program, ...words, ...common].map(shellWord).join(' ')))
}

/** What is on a screen is soon in a log: a password that was typed is not repeated. The driver also takes it from PGPASSWORD. */
function withoutPassword(ledger: string): string {
  if (!/^postgres(?:ql)?:/i.test(ledger)) return ledger
  try {
    return ledgerPlace(ledger).displayUrl
  } catch {
    // No ledger, as somebody else tells: here it is only to be shown.
    return displayLocation(ledger)
  }
}

/** An item as an argument: its key where that is plain to type, else its number. */
export function itemWord({ id, key }: { readonly id: number; readonly key: string }): string {
  return /^[\p{L}\p{N}_./ @+=,-]+$/u.test(key) && !key.startsWith('-') && !/^[0-9]+$/.test(key)
    ? key
    : String(id)
}

/** In double quotes, which every system's shell knows, unless something would be read inside them. */
function shellWord(word: string): string {
  if (/^[\p{L}\p{N}_./:@%+=,#-]+$/u.test(word)) return word
  return /["$`\\!]/.test(word) ? `'${word.replaceAll("'", String.raw`'\''`)}'` : `"${word}"`
}
