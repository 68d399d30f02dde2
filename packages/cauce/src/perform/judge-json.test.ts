import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { boolean, date, decimal, double, integer, json, text, timestamp } from '../pipeline/columns.ts'
import { contract } from '../pipeline/contract.ts'
import { jsonDocument, ndjson } from '../pipeline/json-formats.ts'
import { verdictOn } from './judge-file.test-kit.ts'

const person = contract('person', {
  id: integer(),
  name: text().nullable(),
  city: text().nullable().from('address.city'),
})

describe('JSON, one object a line', () => {
  test('is read by key, in any order, with values from inside objects', async () => {
    const lines =
      '{"id":1,"name":"Ana","address":{"city":"Lima","zip":"01"}}\n\n{"address":{},"id":2}\r\n{"id":3,"name":null}'
    expect(await verdictOn(lines, 'a.ndjson', person)).toEqual({
      records: 3,
      valid: [
        { id: 1, name: 'Ana', city: 'Lima' },
        { id: 2, name: null, city: null },
        { id: 3, name: null, city: null },
      ],
      rejects: [],
      notes: [{ en: '1 blank lines', es: '1 líneas en blanco' }],
    })
  })

  test('a broken line is a reject with its text; its neighbours are loaded', async () => {
    const lines = '{"id":1}\n{"id":2,\n[3]\n{"id":4,"id":5}\n{"id":6}\n'
    const { valid, rejects, records } = await verdictOn(lines, 'a.jsonl', person, ndjson())
    expect(records).toBe(5)
    expect(valid.map(({ id }) => id)).toEqual([1, 6])
    expect(rejects).toEqual([
      { record: 2, line: 2, codes: 'row:bad_json', raw: '{"id":2,' },
      { record: 3, line: 3, codes: 'row:not_an_object', raw: '[3]' },
      { record: 4, line: 4, codes: 'row:repeated_key', raw: '{"id":4,"id":5}' },
    ])
  })

  test('a missing value and an empty text are two things', async () => {
    const asked = contract('c', { a: text(), b: text().nullable() })
    const { valid, rejects } = await verdictOn('{"a":"","b":""}\n{"b":"x"}\n{"a":"y"}\n', 'a.ndjson', asked)
    expect(valid).toEqual([
      { a: '', b: '' },
      { a: 'y', b: null },
    ])
    expect(rejects.map(({ codes }) => codes)).toEqual(['a:missing'])
  })

  test('characters no database holds make their row a reject', async () => {
    const lines = Buffer.concat([
      Buffer.from('{"id":1,"name":"a\\u0000b"}\n{"id":2,"name":"\\ud800"}\n{"id":3,"name":"'),
      Buffer.from([0xff]),
      Buffer.from('"}\n{"id":4,"name":"ñ\\u00f1"}\n'),
    ])
    const { valid, rejects } = await verdictOn(lines, 'a.ndjson', person)
    expect(valid).toEqual([{ id: 4, name: 'ññ', city: null }])
    expect(rejects.map(({ codes }) => codes)).toEqual([
      'row:nul_byte',
      'row:undecodable_bytes',
      'row:undecodable_bytes',
    ])
    expect(rejects[2]?.raw).toBe('{"id":3,"name":"\\xFF"}')
  })

  test('rejects are found again in a long file', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => (i % 999 === 0 ? `{"id":"x${i}"}` : `{"id":${i}}`))
    const { records, rejects } = await verdictOn(`${lines.join('\n')}\n`, 'a.ndjson', person)
    expect(records).toBe(20_000)
    expect(rejects).toHaveLength(21)
    for (const { record, line, raw } of rejects) {
      expect(line).toBe(record)
      expect(raw).toBe(lines[record - 1])
    }
  })

  test('an empty file has no rows', async () => {
    expect((await verdictOn('', 'a.ndjson', person)).records).toBe(0)
  })

  test('a file without any sound line has rejects only', async () => {
    const { rejects } = await verdictOn('nonsense\n{"id":\n', 'a.ndjson', person)
    expect(rejects.map(({ codes }) => codes)).toEqual(['row:bad_json', 'row:bad_json'])
  })

  test('a nesting deeper than databases take is a reject', async () => {
    const deep = (levels: number): string => `{"id":1,"name":${'['.repeat(levels)}${']'.repeat(levels)}}`
    const { rejects, valid } = await verdictOn(
      `${deep(99)}\n${deep(100)}\n${deep(100_000)}\n`,
      'a.ndjson',
      person,
    )
    expect(valid).toHaveLength(1)
    expect(rejects.map(({ codes }) => codes)).toEqual(['row:too_deep', 'row:too_deep'])
  })
})

describe('a JSON document', () => {
  test.each([
    ['an array', [1, 2], '[ {"id":1} , {"id":2}\n]', jsonDocument()],
    ['one record', [1], '{\n  "id": 1,\n  "name": "x"\n}', jsonDocument()],
    [
      'records inside',
      [1, 2],
      '{"meta":{"n":[1,{"a":"]"}]},"data":{"x":1,"items":[{"id":1},{"id":2}],"y":{}}}\n',
      jsonDocument({ records: 'data.items' }),
    ],
    ['an empty array', [], '[]', jsonDocument()],
  ])('is read: %s', async (_, ids, content, read) => {
    const { records, valid } = await verdictOn(content, 'a.json', person, read)
    expect(records).toBe(ids.length)
    expect(valid.map(({ id }) => id)).toEqual(ids)
  })

  test.each([
    ['[{"id":1},{"id":2', 'the file ends inside a value'],
    ['[{"id":1}', 'the file ends inside the array of records'],
    ['[{"id":1},{"id":}]', 'the record that begins at byte 11, line 1 is no JSON'],
    ['[{"id":1} {"id":2}]', 'expected a comma or ] after a record (byte 11, line 1)'],
    ['[{"id":1},]', 'expected a record'],
    ['[{"id":1}] x', 'something stands behind the end of the document'],
    ['', 'it is empty'],
    ['nothing', 'expected [ or {'],
  ])('that is broken is refused with the place: %s', async (content, detail) => {
    const judged = verdictOn(content, 'a.json', person, jsonDocument())
    await expect(judged).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    await expect(judged).rejects.toThrow(detail)
  })

  test.each([
    ['{"a":1}', 'there is no "data.items" ("data" is missing)'],
    ['{"data":[]}', 'but "data" is no object'],
    ['{"data":{"items":{}}}', '"data.items" is no array of records'],
    ['[]', 'but the document is no object'],
  ])('without the records it should have is refused: %s', async (content, detail) => {
    await expect(
      verdictOn(content, 'a.json', person, jsonDocument({ records: 'data.items' })),
    ).rejects.toThrow(detail)
  })

  test('has a mark, another encoding or a packing, or not: all the same', async () => {
    const plain = '[{"id":1,"name":"ñandú €"}]'
    const utf16 = Buffer.from(`\uFEFF${plain}`, 'utf16le')
    const swapped = Buffer.from(plain, 'utf16le').swap16()
    for (const content of [
      `\uFEFF${plain}`,
      utf16,
      swapped,
      gzipSync(plain),
      zstdCompressSync(plain),
      gzipSync(utf16),
    ])
      expect((await verdictOn(content, 'a.json', person)).valid).toEqual([
        { id: 1, name: 'ñandú €', city: null },
      ])
  })
})

describe('values of JSON', () => {
  test('numbers keep every digit and take the form their column asks for', async () => {
    const asked = contract('c', {
      whole: integer(),
      exact: decimal(38, 20),
      comma: decimal(12, 2, { decimalMark: ',', thousandsMark: '.' }),
      wide: double(),
      as_text: text(),
    })
    const line =
      '{"whole":1.70e2,"exact":12345678901234567.12345678901234567890,"comma":1.234e3,"wide":1e-7,"as_text":1e5}'
    expect((await verdictOn(line, 'a.ndjson', asked)).valid).toEqual([
      {
        whole: 170,
        exact: '12345678901234567.12345678901234567890',
        comma: '1234.00',
        wide: 1e-7,
        as_text: '100000',
      },
    ])
  })

  test('texts stay texts: leading zeros, dates, and numbers in quotes', async () => {
    const asked = contract('c', {
      code: text(),
      day: date('dd/MM/yyyy'),
      n: integer(),
      yes: boolean(['S'], ['N']),
    })
    const { valid } = await verdictOn(
      '{"code":"007","day":"31/01/2024","n":"042","yes":true}',
      'a.ndjson',
      asked,
    )
    expect(valid).toMatchObject([{ code: '007', n: 42, yes: true }])
    expect(JSON.stringify(valid[0]?.['day'])).toContain('2024-01-31')
  })

  test('nested values stay JSON, as they are written', async () => {
    const asked = contract('c', { tags: json().nullable(), extra: json().nullable(), one: json() })
    const { valid } = await verdictOn(
      '{"tags":[1, 2.50,"x"],"extra":{"b":{"c":1}},"one":"t"}',
      'a.ndjson',
      asked,
    )
    expect(valid).toEqual([{ tags: '[1, 2.50,"x"]', extra: '{"b":{"c":1}}', one: '"t"' }])
  })

  test("the wrappings of MongoDB's tools are taken off, except where JSON is asked for", async () => {
    const asked = contract('c', { id: text().from('_id'), at: timestamp(), n: integer(), whole: json() })
    const line =
      '{"_id":{"$oid":"5ca4"},"at":{"$date":"2009-04-01T00:00:00.000-0700"},"n":{"$numberInt":"7"},"whole":{"$numberLong":"1"}}'
    const { valid } = await verdictOn(line, 'a.json', asked)
    expect(valid).toMatchObject([{ id: '5ca4', n: 7, whole: '{"$numberLong":"1"}' }])
    expect(JSON.stringify(valid[0]?.['at'])).toContain('2009-04-01 07:00:00')
  })
})

describe('the columns of a JSON file', () => {
  test('missing in every record, or asked for by nobody: the file is refused', async () => {
    await expect(verdictOn('{"name":"x"}', 'a.ndjson', person)).rejects.toThrow('missing: id')
    await expect(verdictOn('{"id":1,"more":2}', 'a.ndjson', person)).rejects.toThrow('unexpected: more')
    const lax = await verdictOn('{"id":1,"more":2}', 'a.ndjson', person, ndjson({ unknownColumns: 'ignore' }))
    expect(lax.valid).toHaveLength(1)
  })

  test('in another case are accepted with a note', async () => {
    expect((await verdictOn('{"ID":1}', 'a.ndjson', person)).valid).toMatchObject([{ id: 1 }])
  })
})
