import { CommanderError } from '@commander-js/extra-typings'
import { expect, test } from 'vitest'
import type { Language } from '../model/language.ts'
import type { Cli } from './cli.ts'
import { buildProgram } from './program.ts'
import { speakerOf } from './speaker.ts'
import { usageMessage } from './usage-error.ts'

const silent = {
  isTerminal: false,
  width: 80,
  paint: (_style: unknown, text: string) => text,
  write: () => undefined,
  line: () => undefined,
}

/** What is said of a wrong command line. */
async function complaint(language: Language, argv: readonly string[]): Promise<string> {
  const cli: Cli = {
    speaker: speakerOf(language),
    out: silent,
    err: silent,
    environment: {},
    currentFolder: '/',
    version: '0.0.0',
    clock: { now: () => 0, sleep: async () => undefined },
  }
  const program = buildProgram(cli, async () => undefined)
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return usageMessage(error, cli.speaker)
    throw error
  }
  return ''
}

test.each([
  [['run', '--jbos', '2'], 'no existe la opción --jbos. ¿Quiso decir --jobs?'],
  [['rum'], 'no existe la orden "rum". ¿Quiso decir run?'],
  [['plan'], 'falta el argumento <flujo>'],
  [['run', '--jobs'], 'la opción --jobs <n> necesita un valor'],
  [['run', '--jobs', '0'], '"0" no es un valor para --jobs <n>: escriba un número entero de 1 a 64'],
  [['run', '--lang', 'fr'], '"fr" no es un valor para --lang <idioma>: escriba uno de en, es'],
  [['plan', 'a', 'b'], 'sobran argumentos: a, b'],
  [
    ['items', 'list', '--state', 'redy'],
    '"redy" no es un valor para --state <estado>: escriba uno de pending, extracting, transforming, loading, ready, ' +
      'ready_with_rejects, failed_layout, failed_system, duplicate, refused, superseded, cancelled',
  ],
])('the parser’s complaint about %j is told in Spanish', async (argv, said) => {
  expect(await complaint('es', argv)).toBe(said)
})

test('and in English in our words, not the parser’s', async () => {
  expect(await complaint('en', ['run', '--jbos', '2'])).toBe(
    'there is no option --jbos. Did you mean --jobs?',
  )
})

test('a sentence nobody foresaw is passed on', () => {
  expect(usageMessage({ message: 'error: something else' }, speakerOf('es'))).toBe('something else')
})
