import { expect, test } from 'vitest'
import { compileContract } from './compile-contract.ts'
import {
  boolean,
  date,
  decimal,
  double,
  email,
  integer,
  ip,
  json,
  oneOf,
  text,
  time,
  timestamp,
  url,
  uuid,
} from '../pipeline/columns.ts'
import { check, contract } from '../pipeline/contract.ts'
import { sql } from '../pipeline/sql.ts'
import { ruleText, testText } from '../model/rule-texts.ts'

const everything = contract(
  'everything',
  {
    text: text().length({ min: 1, max: 9 }).pattern('[a-z]+').unique(),
    email: email(),
    integer: integer().min(0).max(9),
    decimal: decimal(9, 2),
    double: double(),
    boolean: boolean(),
    date: date(),
    timestamp: timestamp(),
    time: time(),
    uuid: uuid(),
    oneOf: oneOf('A', 'B'),
    json: json(),
    url: url(),
    ip: ip(),
  },
  { checks: [check('own', sql`true`)], repeatedRows: 'warning' },
)
const { rules } = compileContract(everything)

test('every code a contract can give has words of its own in both languages', () => {
  for (const { code } of rules) {
    const { en, es } = ruleText(code)
    expect([en, es], code).not.toContain(code)
    expect(`${en}${es}`).not.toMatch(/[{}]/)
    expect(en).not.toBe(es)
  }
})

test('what a rule asks for can be said of every rule', () => {
  for (const rule of rules) {
    const { en, es } = testText(rule)
    expect(en, rule.code).not.toMatch(/^$|\{(pattern|list|value|min|max)\}/)
    expect(es, rule.code).not.toMatch(/^$|\{(pattern|list|value|min|max)\}/)
  }
})

test('a code its author gave speaks for itself; a check is named', () => {
  expect(ruleText('CORREO_MALO')).toEqual({ en: 'CORREO_MALO', es: 'CORREO_MALO' })
  expect(ruleText('email:constructor').en).toBe('email:constructor')
  expect(ruleText('row:own').es).toBe('no se cumple la comprobación "own"')
  expect(ruleText('row:repeated').en).toBe('the row equals an earlier one of the file')
})
