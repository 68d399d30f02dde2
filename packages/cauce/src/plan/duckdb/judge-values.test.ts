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

/** The texts that do not give the value they should, with what they give. */
async function misread(
  column: Column<unknown>,
  cases: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  const found = await outcomes(column, Object.keys(cases))
  return Object.fromEntries(
    Object.entries(cases).flatMap(([given, wanted], i) => (found[i] === wanted ? [] : [[given, found[i]]])),
  )
}

/** The texts that do not break exactly the given rule, with what they give. */
async function taken(
  column: Column<unknown>,
  code: string,
  texts: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  return misread(column, Object.fromEntries(texts.map((given) => [given, `! ${code}`])))
}

describe('integer', () => {
  test('takes 64 bits, signs and zeros before the number', async () => {
    expect(
      await misread(integer(), {
        '5': '5',
        '+5': '5',
        '-0': '0',
        '007': '7',
        '00000000000000000000000000007': '7',
        '9223372036854775807': '9223372036854775807',
        '-9223372036854775808': '-9223372036854775808',
      }),
    ).toEqual({})
  })
  test('refuses what lenient casts take', async () => {
    expect(
      await taken(integer(), 'not_an_integer', [
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
      ]),
    ).toEqual({})
  })
})

describe('decimal', () => {
  test('keeps every digit', async () => {
    expect(
      await misread(decimal(5, 2), {
        '1': '1.00',
        '-1.5': '-1.50',
        '+999.99': '999.99',
        '0000123.4': '123.40',
        '.5': '0.50',
        '-.05': '-0.05',
      }),
    ).toEqual({})
    expect(await misread(decimal(38, 0), { ['9'.repeat(38)]: '9'.repeat(38) })).toEqual({})
    expect(await misread(decimal(2, 2), { '0.25': '.25', '.25': '.25', '00.2': '.20' })).toEqual({})
  })
  test('refuses more digits rather than round', async () => {
    expect(
      await taken(decimal(5, 2), 'not_a_decimal', [
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
      ]),
    ).toEqual({})
    expect(await taken(decimal(38, 0), 'not_a_decimal', ['9'.repeat(39), '1.0'])).toEqual({})
    expect(await taken(decimal(2, 2), 'not_a_decimal', ['1.25', '1'])).toEqual({})
  })
  test('reads the marks it was told of and no others', async () => {
    const european = decimal(12, 2, { decimalMark: ',', thousandsMark: '.' })
    expect(
      await misread(european, {
        '1.234.567,89': '1234567.89',
        '1234567,8': '1234567.80',
        '-12': '-12.00',
        ',5': '0.50',
      }),
    ).toEqual({})
    expect(
      await taken(european, 'not_a_decimal', ['1,234.5', '1.23', '12.34.567', '1234.567', '.123', '1.234.']),
    ).toEqual({})
    expect(await misread(decimal(9, 2, { thousandsMark: ' ' }), { '12 345.60': '12345.60' })).toEqual({})
    expect(
      await taken(decimal(6, 2, { thousandsMark: ',' }), 'not_a_decimal', ['12,345', '999,999.99']),
    ).toEqual({})
  })
})

describe('double', () => {
  test('takes what 64 bits hold', async () => {
    expect(
      await misread(double(), {
        '3.7': '3.7',
        '1e3': '1000.0',
        '-.5': '-0.5',
        '5.': '5.0',
        '1.7976931348623157e308': '1.7976931348623157e+308',
        '1e-999': '0.0',
      }),
    ).toEqual({})
  })
  test('refuses infinities, NaN and other spellings', async () => {
    expect(
      await taken(double(), 'not_a_number', [
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
      ]),
    ).toEqual({})
  })
})

test('boolean goes by its words, whatever their case', async () => {
  expect(await misread(boolean(), { TRUE: 'true', Sí: 'true', '0': 'false', No: 'false' })).toEqual({})
  expect(await misread(boolean(['X'], ['']), { x: 'true', '': 'false' })).toEqual({})
  expect(await taken(boolean(), 'not_a_boolean', ['', '2', 'y', ' true'])).toEqual({})
})

describe('moments', () => {
  test('dates exist and are spelled as agreed', async () => {
    expect(
      await misread(date('dd/MM/yyyy'), {
        '29/02/2024': '2024-02-29',
        '31/12/9999': '9999-12-31',
        '01/01/1000': '1000-01-01',
      }),
    ).toEqual({})
    expect(
      await taken(date('dd/MM/yyyy'), 'not_a_date', [
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
      ]),
    ).toEqual({})
    expect(await misread(date('yyyyMMdd'), { '20240131': '2024-01-31' })).toEqual({})
    expect(await misread(date('dd.MM.yyyy'), { '31.01.2024': '2024-01-31' })).toEqual({})
  })
  test('timestamps have no hour 24, minute 60 or second 60', async () => {
    expect(
      await misread(timestamp('dd/MM/yyyy HH:mm'), { '28/02/2013 23:59': '2013-02-28 23:59:00' }),
    ).toEqual({})
    expect(
      await misread(timestamp(`yyyy-MM-ddTHH:mm:ss.SSSZ`), {
        '2013-02-28T01:02:03.004Z': '2013-02-28 01:02:03.004',
      }),
    ).toEqual({})
    expect(
      await taken(timestamp('dd/MM/yyyy HH:mm'), 'not_a_timestamp', [
        '28/02/2013 24:00',
        '28/02/2013 23:60',
        '28/02/2013 3:05',
        '28/02/2013',
        '28/02/2013 10:20:30',
        '30/02/2013 10:20',
      ]),
    ).toEqual({})
    expect(
      await taken(timestamp(), 'not_a_timestamp', ['2013-02-28 23:59:60', '2013-02-28T23:59:59']),
    ).toEqual({})
  })
  test('times of day stand alone', async () => {
    expect(await misread(time(), { '00:00:00': '00:00:00', '23:59:59': '23:59:59' })).toEqual({})
    expect(await misread(time('HH:mm:ss.SSS'), { '10:20:30.500': '10:20:30.5' })).toEqual({})
    expect(await taken(time(), 'not_a_time', ['24:00:00', '23:60:00', '1:00:00', '10:20', ''])).toEqual({})
  })
})

test('uuid is five groups of hexadecimal digits', async () => {
  expect(
    await misread(uuid(), { '0F8FAD5B-D9CB-469F-A165-70867728950E': '0f8fad5b-d9cb-469f-a165-70867728950e' }),
  ).toEqual({})
  expect(
    await taken(uuid(), 'not_a_uuid', [
      '0f8fad5bd9cb469fa16570867728950e',
      '{0f8fad5b-d9cb-469f-a165-70867728950e}',
      '0f8fad5b-d9cb-469f-a165-70867728950g',
      '',
    ]),
  ).toEqual({})
})

test('json is that of the standard, kept as written', async () => {
  expect(
    await misread(json(), {
      ' {"a" : [1, 2.50] }': ' {"a" : [1, 2.50] }',
      '"x,]NaN"': '"x,]NaN"',
      '"\\",]"': '"\\",]"',
      '{"nan":"Infinity"}': '{"nan":"Infinity"}',
      null: 'null',
      '{"a":1,"a":2}': '{"a":1,"a":2}',
    }),
  ).toEqual({})
  expect(
    await taken(json(), 'not_json', [
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
    ]),
  ).toEqual({})
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
    expect(await misread(email(), Object.fromEntries(usual.map((field) => [field, field])))).toEqual({})
    expect(await taken(email(), 'invalid', odd)).toEqual({})
  })
  test('html5 takes hosts without a dot, rfc5322 quoted names', async () => {
    expect(await misread(email({ form: 'html5' }), { 'a..b@localhost': 'a..b@localhost' })).toEqual({})
    expect(
      await misread(email({ form: 'rfc5322' }), { '"q u"@x.com': '"q u"@x.com', 'ñ@x.com': 'ñ@x.com' }),
    ).toEqual({})
    expect(await taken(email({ form: 'html5' }), 'invalid', ['"q u"@x.com', 'ñ@x.com', 'a@x..com'])).toEqual(
      {},
    )
    expect(await taken(email({ form: 'rfc5322' }), 'invalid', ['a..b@x.com', 'a@localhost'])).toEqual({})
  })
  test('blanks around are let pass and kept only where asked', async () => {
    expect(await misread(email({ blanksAround: true }), { ' a@x.com\t': ' a@x.com\t' })).toEqual({})
    expect(await taken(email({ blanksAround: true }), 'invalid', ['a @x.com', '\na@x.com'])).toEqual({})
    expect(await misread(email().trim(), { ' a@x.com\t': 'a@x.com' })).toEqual({})
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
  expect(await misread(url(), Object.fromEntries(good.map((field) => [field, field])))).toEqual({})
  expect(
    await taken(url(), 'invalid', [
      'ftp://x',
      'http://',
      'example.com',
      'http://a b',
      'http://x/ y',
      ' http://x',
      '',
    ]),
  ).toEqual({})
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
  expect(await misread(ip(), Object.fromEntries(good.map((field) => [field, field])))).toEqual({})
  expect(
    await taken(ip(), 'invalid', [
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
    ]),
  ).toEqual({})
})

test('oneOf compares letter by letter', async () => {
  expect(await misread(oneOf('HARD', "O'K"), { HARD: 'HARD', "O'K": "O'K" })).toEqual({})
  expect(await taken(oneOf('HARD', "O'K"), 'not_allowed', ['hard', 'HARD ', ''])).toEqual({})
})

test('text takes any text: long ones, emoji, line ends, quotes', async () => {
  const texts = ['', ' ', 'peña', '👨‍👩‍👧', 'a\nb', `"'\\`, 'NULL', 'x'.repeat(3_000_000)]
  expect(await outcomes(text(), texts)).toEqual(texts)
})
