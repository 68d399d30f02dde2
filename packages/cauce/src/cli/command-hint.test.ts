import { expect, test } from 'vitest'
import { commandHint, itemWord } from './command-hint.ts'

const out = {
  isTerminal: false,
  width: 80,
  paint: (_style: unknown, text: string) => text,
  write: () => undefined,
  line: () => undefined,
}
const hint = (
  environment: Readonly<Record<string, string>>,
  options: Parameters<typeof commandHint>[1],
  words: readonly string[],
): string => commandHint({ environment, out }, options, words).replaceAll('\u00a0', ' ')

test('a hint is started the way this command was, on the same project', () => {
  expect(hint({}, {}, ['run'])).toBe('cauce run')
  expect(hint({ npm_command: 'exec' }, { project: 'examples/visitas' }, ['items'])).toBe(
    'npx cauce items --project examples/visitas',
  )
})

test('what a shell would read otherwise is quoted', () => {
  expect(hint({}, { home: "it's here" }, ['retry', 'visitas', 'a b.txt'])).toBe(
    `cauce retry visitas "a b.txt" --home "it's here"`,
  )
  expect(hint({}, {}, ['sql', 'SELECT * FROM t'])).toBe('cauce sql "SELECT * FROM t"')
  expect(hint({}, { home: "it's $HOME" }, ['run'])).toBe(String.raw`cauce run --home 'it'\''s $HOME'`)
})

test('a password in the ledger’s address is not repeated', () => {
  const told = hint({}, { ledger: 'postgres://ana:secret@db/ops?schema=x&sslmode=verify-full' }, ['run'])
  expect(told).toBe('cauce run --ledger "postgres://ana@db/ops?schema=x"')
  expect(hint({}, { ledger: 'sqlite:./a.db' }, ['run'])).toBe('cauce run --ledger sqlite:./a.db')
})

test('an item is named by its key where that can be typed, else by its number', () => {
  const word = (key: string): string => itemWord({ id: 7, key })
  expect(word('2026/report_7.txt')).toBe('2026/report_7.txt')
  expect(['a\nb', '-rf', '42', 'a`b', '\x1b[2J', 'x\u202ey'].map(word)).toEqual(Array(6).fill('7'))
})
