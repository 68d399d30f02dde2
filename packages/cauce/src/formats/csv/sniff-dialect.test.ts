import { describe, expect, test } from 'vitest'
import { sniffDialect, type DialectSample } from './sniff-dialect.ts'

function sniff(text: string, more: Partial<DialectSample> = {}): string {
  const { delimiter, quote, spacedQuotes } = sniffDialect({
    units: Buffer.from(text),
    complete: true,
    start: 0,
    header: true,
    columnCount: undefined,
    delimiter: undefined,
    quote: undefined,
    escape: null,
    ...more,
  })
  return `${delimiter}${quote ?? ''}${spacedQuotes ? ' ' : ''}`
}

describe('the delimiter found', () => {
  test.each([
    ['commas', 'a,b,c\n1,2,3\n', ',"'],
    ['semicolons around decimal commas', 'a;b;c\n1,5;2,5;3,5\n4,1;5,2;6,3\n', ';"'],
    ['tabs around lists with commas', 'a\tb\n1,2,3\t4,5,6\n7,8,9\t1,2,3\n', '\t"'],
    ['pipes', 'a|b|c\n1|2|3\n', '|"'],
    ['commas beside semicolons inside quotes', 'a,b\n1,"x;y"\n2,"z;w"\n', ',"'],
    ['commas where line ends and commas stand inside quotes', 'a,b\n1,"x,\ny"\n2,"z,,\n"\n', ',"'],
    ['a comma where there is nothing to go by', 'a\n1\n2\n', ',"'],
    ['a comma in an empty file', '', ',"'],
    ['tabs in ragged records', 'a\tb\tc\n1\t2\t3\n4\t5\n6\t7\t8\n9\t1\t2, x\n', '\t"'],
    ['unit separators', 'a\x1fb\n1\x1f2\n', '\x1f"'],
  ])('is %s', (_, text, expected) => {
    expect(sniff(text)).toBe(expected)
  })

  test('is the one that gives the number of columns expected', () => {
    const text = 'a b;c,d\n1;2,3\n4;5,6\n'
    expect(sniff(text, { columnCount: 2 })).toBe(';"')
    expect(sniff('x;a,b,c\n1;2,3,4\n', { columnCount: 3 })).toBe(',"')
  })

  test('is judged behind the preamble and without an unfinished last record', () => {
    const preamble = 'Sales; all of them\n'
    expect(sniff(`${preamble}a,b\n1,2\n3,"4`, { start: preamble.length, complete: false })).toBe(',"')
  })
})

describe('the quote found', () => {
  test.each([
    ['double though there are apostrophes', "a,b\n1,it's\n2,'tis\n", ',"'],
    ['single where most records use it well', "a,b\n'1','x, y'\n'2','z'\n", ",'"],
    ['double where apostrophes surround few values', "a,b\n1,'x'\n2,y\n3,z\n4,w\n", ',"'],
    ['behind spaces where all quotes are', 'a, "b"\n1, "x, y"\n2, "z"\n', '," '],
    ['only plain text behind spaces where few are', 'a,b\n1, "x" and y\n2,z\n', ',"'],
  ])('is %s', (_, text, expected) => {
    expect(sniff(text)).toBe(expected)
  })

  test('is the declared one, none included', () => {
    expect(sniff('a,b\n"1,2\n', { quote: null })).toBe(',')
    expect(sniff("a,b\n'1',2\n'3',4\n", { quote: '"' })).toBe(',"')
  })
})
