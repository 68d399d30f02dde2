import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CsvOptions } from './csv-options.ts'
import type { LocatedRecord } from './locate-records.ts'
import { prepareCsv, type PreparedCsv } from './prepare-csv.ts'

const spool = mkdtempSync(join(tmpdir(), 'cauce-csv-'))
const path = join(spool, 'original')
let duckdb: DuckDBConnection

beforeAll(async () => {
  duckdb = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
})
afterAll(() => {
  duckdb.closeSync()
  rmSync(spool, { recursive: true })
})

interface Outcome {
  readonly prepared: PreparedCsv
  /** Fields of each record; missing ones are not there, surplus ones are. */
  readonly records: readonly (readonly string[])[]
  readonly flags: readonly number[]
}

async function read(
  bytes: Buffer | string,
  options: Partial<CsvOptions> = {},
  forceRewrite = false,
): Promise<Outcome> {
  writeFileSync(path, bytes)
  const prepared = await prepareCsv(path, spool, {
    options: { header: false, skipLines: 0, ...options },
    forceRewrite,
  })
  const width = prepared.header?.length ?? options.columnCount ?? prepared.firstRecordWidth ?? 1
  const names = Array.from({ length: width }, (_, i) => `c${i}`)
  const rows = (await duckdb.runAndReadAll(`SELECT * FROM ${prepared.readSql(names)}`)).getRowsJson()
  const records = rows.map((row) => row.slice(0, -1).filter((field) => field !== null) as string[])
  return { prepared, records, flags: rows.map((row) => Number(row.at(-1))) }
}

/** Every record as it stands in the file. */
async function locateAll(prepared: PreparedCsv): Promise<readonly LocatedRecord[]> {
  const wanted = Array.from({ length: prepared.records }, (_, i) => i + 1)
  const located: LocatedRecord[] = []
  for await (const record of prepared.locate(wanted)) located.push(record)
  return located
}

describe('a plain file', () => {
  test('is read as it stands and counted', async () => {
    const { prepared, records } = await read('a,b\n1,"x, ""y"""\n\n2,\n', { header: true })
    expect(records).toEqual([
      ['1', 'x, "y"'],
      ['2', ''],
    ])
    expect(prepared).toMatchObject({
      route: 'direct',
      path,
      header: ['a', 'b'],
      records: 2,
      blankLines: 1,
      physicalLines: 4,
      finalNewline: true,
      flaggedRecords: 0,
      dialect: {
        encoding: 'utf-8',
        delimiter: ',',
        quote: '"',
        lineEnd: 'lf',
        bom: false,
        encodingGuessed: false,
      },
    })
  })

  test.each([
    ['CRLF', 'a;b\r\n1;"x\ny\r\nz"\r\n', [['1', 'x\ny\r\nz']]],
    ['a byte order mark', '\ufeffa;b\n1;2\n', [['1', '2']]],
    ['a quoted first header and a mark', '\ufeff"a";b\n1;2', [['1', '2']]],
    ['no final newline', 'a;b\n1;2', [['1', '2']]],
    [
      'blank lines everywhere',
      '\n\na;b\n\n1;2\n\n\n3;4\n\n',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    ['an empty quoted field alone', 'a;b\n""\n', [['']]],
    ['lines of spaces', 'a;b\n  \n', [['  ']]],
  ])('with %s is read directly', async (_, text, expected) => {
    const { prepared, records } = await read(text, { header: true, delimiter: ';' })
    expect(prepared.route).toBe('direct')
    expect(records).toEqual(expected)
  })

  test('with a declared preamble is read directly, the preamble in no count but that of lines', async () => {
    const { prepared, records } = await read('Report\n\n2024, all\na,b\n1,2\n', {
      header: true,
      skipLines: 3,
    })
    expect(records).toEqual([['1', '2']])
    expect(prepared).toMatchObject({ route: 'direct', header: ['a', 'b'], records: 1, blankLines: 0 })
    expect(await locateAll(prepared)).toMatchObject([{ record: 1, line: 5, raw: '1,2' }])
  })

  test('with lines of three megabytes is read', async () => {
    const long = 'x'.repeat(3_000_000)
    for (const forced of [false, true]) {
      const { records } = await read(`a,b\n1,${long}\n2,"${long}"\n`, { header: true }, forced)
      expect(records.map(([, text]) => text?.length)).toEqual([3_000_000, 3_000_000])
    }
  })

  test.each(['', '\n\n', '\ufeff', '\r\n'])(
    'without any record (%j) has no header and no rows',
    async (text) => {
      const { prepared, records } = await read(text, { header: true })
      expect(records).toEqual([])
      expect(prepared).toMatchObject({ header: undefined, records: 0, firstRecordWidth: undefined })
    },
  )

  test.each(['a,b', 'a,b\n', 'a,b\r\n\r\n'])('with a header alone (%j) has no rows', async (text) => {
    const { prepared, records } = await read(text, { header: true })
    expect(records).toEqual([])
    expect(prepared).toMatchObject({ header: ['a', 'b'], records: 0 })
  })
})

describe('a file that is not plain', () => {
  test.each<[string, Buffer, Partial<CsvOptions>, string]>([
    ['Windows-1252, guessed', Buffer.from('a,b\n1,a\xf1o \x80\n', 'latin1'), {}, 'windows-1252'],
    [
      'Windows-1250, declared',
      Buffer.from('a,b\n1,a\xf1o \x80\n', 'latin1'),
      { encoding: 'cp1250' },
      'windows-1250',
    ],
    ['UTF-16LE with a mark', Buffer.from('\ufeffa,b\r\n1,año €\r\n', 'utf16le'), {}, 'utf-16le'],
    ['UTF-16LE without a mark', Buffer.from('a,b\n1,año €\n', 'utf16le'), {}, 'utf-16le'],
    ['UTF-16BE with a mark', Buffer.from('\ufeffa,b\n1,año €\n', 'utf16le').swap16(), {}, 'utf-16be'],
    [
      'UTF-16BE, declared open',
      Buffer.from('a,b\n1,año €\n', 'utf16le').swap16(),
      { encoding: 'utf-16' },
      'utf-16be',
    ],
    ['CR alone', Buffer.from('a,b\r1,año €\r'), {}, 'utf-8'],
    ['mixed line ends', Buffer.from('a,b\r\n1,año €\n'), {}, 'utf-8'],
    ['a stray quote in a text', Buffer.from('a,b\n1,año €\n2,5" pipe\n'), {}, 'utf-8'],
    [
      'Shift_JIS',
      Buffer.from([...Buffer.from('a,b\n1,'), 0x83, 0x5c, 0x0a]),
      { encoding: 'shift_jis' },
      'shift_jis',
    ],
  ])('(%s) is rewritten and read right', async (_, bytes, options, encoding) => {
    const { prepared, records, flags } = await read(bytes, { header: true, ...options })
    expect(prepared).toMatchObject({ route: 'rewritten', flaggedRecords: 0, dialect: { encoding } })
    expect(prepared.header).toEqual(['a', 'b'])
    const expected = { 'windows-1250': 'ańo €', shift_jis: 'ソ' }[encoding] ?? 'año €'
    expect(records[0]).toEqual(['1', expected])
    expect(flags.every((flag) => flag === 0)).toBe(true)
    expect((await locateAll(prepared))[0]).toMatchObject({ record: 1, line: 2, raw: `1,${expected}` })
  })

  test('(backslash escapes, declared) is read with \\N kept apart from N', async () => {
    const text = 'a,b\n"x\\"y",p\\,q\n\\N,N\nend\\\nless,2\n'
    const { records } = await read(text, { header: true, escape: '\\' })
    expect(records).toEqual([
      ['x"y', 'p,q'],
      ['\\N', 'N'],
      ['end\nless', '2'],
    ])
  })

  test('(spaces before quotes throughout) is recognised', async () => {
    const { prepared, records } = await read("'a',   'b, c'\n'd', 'e'\n")
    expect(prepared.dialect).toMatchObject({ quote: "'", spacedQuotes: true })
    expect(records).toEqual([
      ['a', 'b, c'],
      ['d', 'e'],
    ])
  })
})

describe('a damaged record', () => {
  test.each([
    ['a quote that opens and never closes', '1,"two\n', '1,"two'],
    ['text after a closing quote', '1,"two" three\n', '1,"two" three'],
    ['a quote that opens and closes lines later in mid-field', '1,"two\n', '1,"two'],
  ])('(%s) costs itself only and keeps its raw text', async (_, damaged, raw) => {
    const { prepared, records, flags } = await read(`a,b\n0,x\n${damaged}3,"y, z"\n4,"w"\n`, { header: true })
    expect(prepared).toMatchObject({ records: 4, flaggedRecords: 1, route: 'rewritten' })
    expect(flags).toEqual([0, 1, 0, 0])
    expect(records.slice(2)).toEqual([
      ['3', 'y, z'],
      ['4', 'w'],
    ])
    expect((await locateAll(prepared))[1]).toMatchObject({ record: 2, line: 3, raw, undecodable: false })
  })

  test('that swallows lines up to a quote which closes well is given away by its width', async () => {
    const { records, flags } = await read('a,b,c\n"1,2,3\n4,5,6\n7,8",9\n10,11,12\n', { header: true })
    expect(flags).toEqual([1, 0, 0, 0])
    expect(records[1]).toEqual(['4', '5', '6'])
    expect(records[3]).toEqual(['10', '11', '12'])
  })

  test('does not disturb line numbers around embedded line ends', async () => {
    const { prepared } = await read('a,b\n1,"x\n\ny"\n2,"z\n3,w\n', { header: true })
    const lines = (await locateAll(prepared)).map(({ record, line }) => [record, line])
    expect(lines).toEqual([
      [1, 2],
      [2, 5],
      [3, 6],
    ])
  })

  test('with NUL or undecodable bytes is flagged, shown as \\xNN, its bytes kept', async () => {
    const bytes = Buffer.from('a,b\n1,x\0y\n2,\xe9\n3,\xc3\xa9\n', 'latin1')
    const { prepared, records, flags } = await read(bytes, { header: true, encoding: 'utf-8' })
    expect(flags).toEqual([2, 4, 0])
    expect(records).toEqual([
      ['1', 'x\\x00y'],
      ['2', '\\xE9'],
      ['3', 'é'],
    ])
    const [nul, stray] = await locateAll(prepared)
    expect(nul).toMatchObject({ raw: '1,x\\x00y', undecodable: true })
    expect(stray).toMatchObject({
      raw: '2,\\xE9',
      undecodable: true,
      rawBytes: Buffer.from('2,\xe9', 'latin1'),
    })
  })

  test('at the end of a UTF-16 file cut in mid-unit is flagged and loses no byte', async () => {
    const bytes = Buffer.concat([Buffer.from('\ufeffa,b\n1,2\n3,4', 'utf16le'), Buffer.of(0x35)])
    const { prepared, flags } = await read(bytes, { header: true })
    expect(flags).toEqual([0, 4])
    const last = (await locateAll(prepared)).at(-1)
    expect(last?.raw).toBe('3,4\\x35')
    expect(last?.rawBytes).toEqual(bytes.subarray(bytes.length - 7))
  })

  test('of too many fields keeps one of the surplus when rewritten', async () => {
    const { records } = await read('a,b\n1,2,3,4,5,6,7,8,9\n', { header: true }, true)
    expect(records).toEqual([['1', '2', '3']])
  })

  test('in a UTF-8 file does not make the whole file another encoding', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\n1,año\n2,ñandú\n3,'), Buffer.of(0xc3), Buffer.from('\n')])
    const { prepared, flags } = await read(bytes, { header: true })
    expect(prepared.dialect).toMatchObject({ encoding: 'utf-8', encodingGuessed: false })
    expect(flags).toEqual([0, 0, 4])
  })
})

describe('what cannot be', () => {
  test.each<[string, Buffer, Partial<CsvOptions>, string]>([
    [
      'a line longer than a record may be',
      Buffer.from(`a,b\n1,${'x'.repeat(200)}\n`),
      { maxRecordBytes: 100 },
      'FILE_UNREADABLE',
    ],
    ['a record limit beyond all memory', Buffer.from('a,b'), { maxRecordBytes: 2 ** 40 }, 'CONFIG_INVALID'],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), {}, 'FILE_UNREADABLE'],
    [
      'a mark against the declaration',
      Buffer.from('\ufeffa,b'),
      { encoding: 'windows-1252' },
      'FILE_UNREADABLE',
    ],
    ['an unknown encoding', Buffer.from('a,b'), { encoding: 'klingon' }, 'CONFIG_INVALID'],
    ['a stateful encoding', Buffer.from('a,b'), { encoding: 'iso-2022-jp' }, 'CONFIG_INVALID'],
    ['a delimiter of two characters', Buffer.from('a,b'), { delimiter: '||' }, 'CONFIG_INVALID'],
    ['a delimiter that is the quote', Buffer.from('a,b'), { delimiter: '"' }, 'CONFIG_INVALID'],
    ['a pipe in Shift_JIS', Buffer.from('a|b'), { encoding: 'shift_jis', delimiter: '|' }, 'CONFIG_INVALID'],
  ])('(%s) is refused by name', async (_, bytes, options, code) => {
    await expect(read(bytes, { header: true, ...options })).rejects.toMatchObject({ code })
  })

  test('aborting stops the work', async () => {
    writeFileSync(path, 'a,b\n'.repeat(400_000))
    const options = { header: true, skipLines: 0 }
    await expect(prepareCsv(path, spool, { options, signal: AbortSignal.abort() })).rejects.toThrow(/abort/)
  })
})
