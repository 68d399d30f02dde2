import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ruleText } from '../model/rule-texts.ts'
import {
  boolean,
  date,
  decimal,
  double,
  email,
  integer,
  json,
  oneOf,
  text,
  time,
  timestamp,
  uuid,
} from '../pipeline/columns.ts'
import { check, contract } from '../pipeline/contract.ts'
import { sql } from '../pipeline/sql.ts'
import { compileContract } from './compile-contract.ts'

/** A contract in which every kind of rule occurs. Codes of columns begin with `…`, as the page writes them. */
const everything = contract(
  'everything',
  {
    '…': text().length({ max: 9 }).pattern('x').unique(),
    b: email(),
    c: integer().min(1).max(2),
    d: decimal(5, 2),
    e: double(),
    f: boolean(),
    g: date(),
    h: timestamp(),
    i: time(),
    j: uuid(),
    k: oneOf('a'),
    l: json(),
  },
  { repeatedRows: 'error', checks: [check('<name>', sql`true`)] },
)

const codes = [
  ...new Set(compileContract(everything).rules.map(({ code }) => code.replace(/^(?!row:)[^:]*:/, '…:'))),
]

test('the page on contracts tells every rule code there is, and what it means, in both languages', () => {
  const page = readFileSync(new URL('../../../../docs/contract.md', import.meta.url), 'utf8')
  const told = [...page.matchAll(/^\| `((?:…|row):[^`]+)` +\| (.*?) +\| (.*?) +\|$/gm)].map(
    ([, code = '', en, es]) => ({ code, en, es }),
  )
  const meant = codes.map((code) => ({ code, ...ruleText(code) }))
  const byCode = (a: { readonly code: string }, b: { readonly code: string }): number =>
    a.code < b.code ? -1 : 1
  expect(told.toSorted(byCode)).toEqual(meant.toSorted(byCode))
})

test('every code has a text of its own', () => {
  for (const code of codes) expect(ruleText(code).en).not.toBe(code)
})
