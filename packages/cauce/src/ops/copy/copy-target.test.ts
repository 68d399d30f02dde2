import { expect, test } from 'vitest'
import { copyTarget } from './copy-target.ts'

const one = { location: 's3://bucket/in/', pattern: 'Ventas 2024.csv.gz' }
const many = { location: './entrada/', pattern: '*.csv' }

test.each([
  ['duckdb:./x.duckdb#t', one, 'duckdb:./x.duckdb', 't'],
  ['duckdb:./x.duckdb', one, 'duckdb:./x.duckdb', 'ventas_2024'],
  ['duckdb:./x.duckdb', many, 'duckdb:./x.duckdb', 'entrada'],
  ['mysql://h/db#a.b', one, 'mysql://h/db', 'a.b'],
  ['postgres://h/db#paso.ventas', one, 'postgres://h/db?schema=paso', 'ventas'],
  [
    'postgres://h/db?sslmode=require#paso.ventas',
    one,
    'postgres://h/db?sslmode=require&schema=paso',
    'ventas',
  ],
  ['postgres://h/db#mis%20ventas', one, 'postgres://h/db', 'mis ventas'],
])('%s', (to, source, into, table) => {
  expect(copyTarget(to, source)).toEqual({ into, table })
})

test('a table that cannot be called after anything, and what is no destination, are refused with what to write', () => {
  expect(() => copyTarget('duckdb:./x.duckdb', { location: '.', pattern: '*.csv' })).toThrow(
    /table has no name/,
  )
  expect(() => copyTarget('x.duckdb#t', one)).toThrow(/is no destination/)
})

test('a name that begins with a digit is made one that needs no quotes', () => {
  expect(copyTarget('duckdb:./x', { location: '.', pattern: '2024.csv' }).table).toBe('_2024')
})
