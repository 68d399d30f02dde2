import { expect, test } from 'vitest'
import { unbroken, wrapLine } from './wrap.ts'

test('a text is broken between words and indented under its lead', () => {
  expect(wrapLine({ width: 30 }, '  → ', 'one two three four five six seven').split('\n')).toEqual([
    '  → one two three four five',
    '    six seven',
  ])
})

test('colours take no room', () => {
  const red = (text: string): string => `\x1b[31m${text}\x1b[39m`
  expect(wrapLine({ width: 24 }, red('✗ '), `${red('one')} two three four five`)).toBe(
    `${red('✗ ')}${red('one')} two three four\n  five`,
  )
})

test('a command is not broken, and is printed with plain blanks', () => {
  expect(wrapLine({ width: 30 }, '', `say this: ${unbroken('cauce retry visitas x.txt')}`)).toBe(
    'say this:\ncauce retry visitas x.txt',
  )
})

test('where nobody measures nothing is broken', () => {
  expect(wrapLine({ width: Number.POSITIVE_INFINITY }, '', 'word '.repeat(100))).not.toContain('\n')
})
