import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Column } from '../../pipeline/column.ts'
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
} from '../../pipeline/columns.ts'
import { contract } from '../../pipeline/contract.ts'
import { judgeRows, openTestEngine } from './judge-rows.test-kit.ts'

let bench: Awaited<ReturnType<typeof openTestEngine>>
beforeAll(async () => {
  bench = await openTestEngine()
})
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
})

/** Text of the value each text gives in the column, or the rules it breaks, joined. */
async function outcomes(
  column: Column<unknown>,
  texts: readonly string[],
): Promise<readonly (string | null)[]> {
  const rows = await judgeRows(
    bench.engine,
    contract('c', { x: column }),
    texts.map((field) => ({ fields: [field] })),
    { nulls: [] },
  )
  return rows.map(({ codes, values }) =>
    codes.length === 0 ? (values['x'] ?? null) : `! ${codes.map((code) => code.replace('x:', '')).join(' ')}`,
  )
}

async function accepts(column: Column<unknown>, cases: Readonly<Record<string, string>>): Promise<void> {
  expect(await outcomes(column, Object.keys(cases))).toEqual(Object.values(cases))
}

async function refuses(column: Column<unknown>, code: string, texts: readonly string[]): Promise<void> {
  const found = await outcomes(column, texts)
  expect(Object.fromEntries(texts.map((field, i) => [field, found[i]]))).toEqual(
    Object.fromEntries(texts.map((field) => [field, `! ${code}`])),
  )
}

describe('integer', () => {
  test('takes 64 bits, signs and zeros before the number', async () => {
    await accepts(integer(), {
      '5': '5',
      '+5': '5',
      '-0': '0',
      '007': '7',
      '00000000000000000000000000007': '7',
      '9223372036854775807': '9223372036854775807',
      '-9223372036854775808': '-9223372036854775808',
    })
  })
  test('refuses what lenient casts take', async () => {
    await refuses(integer(), 'not_an_integer', [
      '',
      ' 5 ',
      '5\n',
      '3.7',
      '3.0',
      '1e3',
      '0x1F',
      '1_000',
      '1,000',
      '--5',
      '+',
      '9223372036854775808',
      '-9223372036854775809',
      '9'.repeat(400),
      '٣',
      'NaN',
      'five',
    ])
  })
})

describe('decimal', () => {
  test('keeps every digit', async () => {
    await accepts(decimal(5, 2), {
      '1': '1.00',
      '-1.5': '-1.50',
      '+999.99': '999.99',
      '0000123.4': '123.40',
      '.5': '0.50',
      '-.05': '-0.05',
    })
    await accepts(decimal(38, 0), { ['9'.repeat(38)]: '9'.repeat(38) })
    await accepts(decimal(2, 2), { '0.25': '.25', '.25': '.25', '00.2': '.20' })
  })
  test('refuses more digits rather than round', async () => {
    await refuses(decimal(5, 2), 'not_a_decimal', [
      '1000',
      '1.005',
      '1.500',
      '1.',
      '.',
      '',
      '+',
      '1e2',
      ' 1',
      '1,5',
      '1_0',
      'NaN',
      'inf',
    ])
    await refuses(decimal(38, 0), 'not_a_decimal', ['9'.repeat(39), '1.0'])
    await refuses(decimal(2, 2), 'not_a_decimal', ['1.25', '1'])
  })
  test('reads the marks it was told of and no others', async () => {
    const european = decimal(12, 2, { decimalMark: ',', thousandsMark: '.' })
    await accepts(european, {
      '1.234.567,89': '1234567.89',
      '1234567,8': '1234567.80',
      '-12': '-12.00',
      ',5': '0.50',
    })
    await refuses(european, 'not_a_decimal', ['1,234.5', '1.23', '12.34.567', '1234.567', '.123', '1.234.'])
    await accepts(decimal(9, 2, { thousandsMark: ' ' }), { '12 345.60': '12345.60' })
    await refuses(decimal(6, 2, { thousandsMark: ',' }), 'not_a_decimal', ['12,345', '999,999.99'])
  })
})

describe('double', () => {
  test('takes what 64 bits hold', async () => {
    await accepts(double(), {
      '3.7': '3.7',
      '1e3': '1000.0',
      '-.5': '-0.5',
      '5.': '5.0',
      '1.7976931348623157e308': '1.7976931348623157e+308',
      '1e-999': '0.0',
    })
  })
  test('refuses infinities, NaN and other spellings', async () => {
    await refuses(double(), 'not_a_number', [
      '1e999',
      '-1e309',
      'inf',
      'NaN',
      '1e',
      'e5',
      '.',
      '',
      '1_0',
      '0x1p3',
      ' 1',
    ])
  })
})

test('boolean goes by its words, whatever their case', async () => {
  await accepts(boolean(), { TRUE: 'true', Sí: 'true', '0': 'false', No: 'false' })
  await accepts(boolean(['X'], ['']), { x: 'true', '': 'false' })
  await refuses(boolean(), 'not_a_boolean', ['', '2', 'y', ' true'])
})

describe('moments', () => {
  test('dates exist and are spelled as agreed', async () => {
    await accepts(date('dd/MM/yyyy'), {
      '29/02/2024': '2024-02-29',
      '31/12/9999': '9999-12-31',
      '01/01/1000': '1000-01-01',
    })
    await refuses(date('dd/MM/yyyy'), 'not_a_date', [
      '31/02/2024',
      '29/02/2100',
      '29/02/2023',
      '00/01/2024',
      '01/13/2024',
      '1/1/2024',
      '01/01/24',
      '01/01/0024',
      '01-01-2024',
      '01/01/2024 ',
      '',
      '0١/01/2024',
    ])
    await accepts(date('yyyyMMdd'), { '20240131': '2024-01-31' })
    await accepts(date('dd.MM.yyyy'), { '31.01.2024': '2024-01-31' })
  })
  test('timestamps have no hour 24, minute 60 or second 60', async () => {
    await accepts(timestamp('dd/MM/yyyy HH:mm'), { '28/02/2013 23:59': '2013-02-28 23:59:00' })
    await accepts(timestamp(`yyyy-MM-ddTHH:mm:ss.SSSZ`), {
      '2013-02-28T01:02:03.004Z': '2013-02-28 01:02:03.004',
    })
    await refuses(timestamp('dd/MM/yyyy HH:mm'), 'not_a_timestamp', [
      '28/02/2013 24:00',
      '28/02/2013 23:60',
      '28/02/2013 3:05',
      '28/02/2013',
      '28/02/2013 10:20:30',
      '30/02/2013 10:20',
    ])
    await refuses(timestamp(), 'not_a_timestamp', ['2013-02-28 23:59:60', '2013-02-28T23:59:59'])
  })
  test('times of day stand alone', async () => {
    await accepts(time(), { '00:00:00': '00:00:00', '23:59:59': '23:59:59' })
    await accepts(time('HH:mm:ss.SSS'), { '10:20:30.500': '10:20:30.5' })
    await refuses(time(), 'not_a_time', ['24:00:00', '23:60:00', '1:00:00', '10:20', ''])
  })
})

test('uuid is five groups of hexadecimal digits', async () => {
  await accepts(uuid(), { '0F8FAD5B-D9CB-469F-A165-70867728950E': '0f8fad5b-d9cb-469f-a165-70867728950e' })
  await refuses(uuid(), 'not_a_uuid', [
    '0f8fad5bd9cb469fa16570867728950e',
    '{0f8fad5b-d9cb-469f-a165-70867728950e}',
    '0f8fad5b-d9cb-469f-a165-70867728950g',
    '',
  ])
})

test('json is that of the standard, kept as written', async () => {
  await accepts(json(), {
    ' {"a" : [1, 2.50] }': ' {"a" : [1, 2.50] }',
    '"x,]NaN"': '"x,]NaN"',
    '"\\",]"': '"\\",]"',
    '{"nan":"Infinity"}': '{"nan":"Infinity"}',
    null: 'null',
    '{"a":1,"a":2}': '{"a":1,"a":2}',
  })
  await refuses(json(), 'not_json', [
    '',
    '[1,]',
    '{"a":1,}',
    '[1, \n]',
    'NaN',
    '[-Infinity]',
    '{a:1}',
    "'a'",
    '1 2',
    '[1] // x',
    '01',
  ])
})

describe('email', () => {
  const usual = ['ana@example.com', "o'hara@example.co.uk", 'a.b+c_d-e@x-y.example.org']
  const odd = [
    'a..b@x.com',
    '.a@x.com',
    'a.@x.com',
    "a'@x.com",
    'a@b',
    'a@-x.com',
    'a@x.c',
    'a b@x.com',
    'ñ@x.com',
    'a@x.com ',
    '@x.com',
    'a@',
  ]
  test('plain takes what people use', async () => {
    await accepts(email(), Object.fromEntries(usual.map((field) => [field, field])))
    await refuses(email(), 'invalid', odd)
  })
  test('html5 takes hosts without a dot, rfc5322 quoted names', async () => {
    await accepts(email({ form: 'html5' }), { 'a..b@localhost': 'a..b@localhost' })
    await accepts(email({ form: 'rfc5322' }), { '"q u"@x.com': '"q u"@x.com', 'ñ@x.com': 'ñ@x.com' })
    await refuses(email({ form: 'html5' }), 'invalid', ['"q u"@x.com', 'ñ@x.com', 'a@x..com'])
    await refuses(email({ form: 'rfc5322' }), 'invalid', ['a..b@x.com', 'a@localhost'])
  })
  test('blanks around are let pass and kept only where asked', async () => {
    await accepts(email({ blanksAround: true }), { ' a@x.com\t': ' a@x.com\t' })
    await refuses(email({ blanksAround: true }), 'invalid', ['a @x.com', '\na@x.com'])
    await accepts(email().trim(), { ' a@x.com\t': 'a@x.com' })
  })
  test('has at most 254 characters', async () => {
    const host = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}`
    const longest = `${'x'.repeat(254 - host.length - 5)}@${host}.com`
    expect(longest).toHaveLength(254)
    expect(await outcomes(email(), [longest, `x${longest}`])).toEqual([longest, '! length'])
  })
})

test('url is http or https with a host', async () => {
  const good = ['http://x', 'HTTPS://user:pw@example.com:8080/a?b=c#d', 'http://[::1]/']
  await accepts(url(), Object.fromEntries(good.map((field) => [field, field])))
  await refuses(url(), 'invalid', [
    'ftp://x',
    'http://',
    'example.com',
    'http://a b',
    'http://x/ y',
    ' http://x',
    '',
  ])
})

test('ip is an IPv4 or IPv6 address', async () => {
  const good = [
    '0.0.0.0',
    '255.255.255.255',
    '::',
    '::1',
    '1::',
    '2001:db8::8a2e:370:7334',
    '1:2:3:4:5:6:7:8',
    '::ffff:1.2.3.4',
    'fe80::1:2',
  ]
  await accepts(ip(), Object.fromEntries(good.map((field) => [field, field])))
  await refuses(ip(), 'invalid', [
    '256.1.1.1',
    '1.2.3',
    '01.2.3.4',
    '1:2:3:4:5:6:7',
    '1::2::3',
    ':::',
    '12345::',
    'g::',
    '1.2.3.4 ',
    '',
  ])
})

test('oneOf compares letter by letter', async () => {
  await accepts(oneOf('HARD', "O'K"), { HARD: 'HARD', "O'K": "O'K" })
  await refuses(oneOf('HARD', "O'K"), 'not_allowed', ['hard', 'HARD ', ''])
})

test('text takes any text: long ones, emoji, line ends, quotes', async () => {
  const texts = ['', ' ', 'peña', '👨‍👩‍👧', 'a\nb', `"'\\`, 'NULL', 'x'.repeat(3_000_000)]
  expect(await outcomes(text(), texts)).toEqual(texts)
})
