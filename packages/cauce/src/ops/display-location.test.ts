import { expect, test } from 'vitest'
import { displayLocation, displaySetting } from './display-location.ts'

test.each([
  ['./entrada', './entrada'],
  ['duckdb:/data/visitas.duckdb', 'duckdb:/data/visitas.duckdb'],
  ['mysql://db.example/visitas', 'mysql://db.example/visitas'],
  ['mysql://[::1]:3306/visitas', 'mysql://[::1]:3306/visitas'],
  ['mysql://ana@db.example:3306/visitas', 'mysql://ana@db.example:3306/visitas'],
  ['mysql://ana:s3cret@db.example/visitas', 'mysql://ana@db.example/visitas'],
  ['mysql://ana:s3c@ret@db.example/visitas', 'mysql://ana@db.example/visitas'],
  ['mysql://ana:s3/cret@db.example/visitas', 'mysql://ana@db.example/visitas'],
  ['mysql://:s3cret@db.example/visitas', 'mysql://db.example/visitas'],
  ['mysql://db/visitas?ssl=1&password=s3cret', 'mysql://db/visitas?ssl=…&password=…'],
  ['sftp://host/folder@2/x', 'sftp://host/folder@2/x'],
])('%s is shown as %s', (location, shown) => {
  expect(displayLocation(location)).toBe(shown)
})

test('a password written into a declaration is not shown with its setting', () => {
  const setting = {
    kind: 'env',
    name: 'DESTINO',
    fallback: 'mysql://ana:s3cret@db/visitas',
    secret: false,
  } as const
  expect(
    JSON.stringify([displaySetting(setting), displaySetting({ kind: 'value', value: setting.fallback })]),
  ).not.toContain('s3cret')
})
