import { describe, expect, test } from 'vitest'
import type { LogicalType } from '../model/plan.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import { rowsOf, workbookOf } from '../formats/xlsx/workbook.test-kit.ts'
import { contractOf } from './judge-file.test-kit.ts'

const typeText = (type: LogicalType): string =>
  type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.kind

/** `name type form` */
async function typesOf(content: Parameters<typeof contractOf>[0], file: string): Promise<readonly string[]> {
  const { columns } = await contractOf(content, file)
  return columns.map(({ name, type, parse }) =>
    [name, typeText(type), ...('format' in parse ? [parse.format] : [])].join(' '),
  )
}

describe('without a contract', () => {
  test('the types of a CSV are found by all of its rows', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `${i},0${i % 10},${i}.5,true,2024-01-31,${i},${i},`)
    rows.push('99,12,-0.125,FALSE,2024-02-29,,1e5,2024-01-31 10:20:30')
    const text = `id,code,amount,yes,day,maybe,Wide,when\n${rows.join('\n')}\n`
    expect(await typesOf(text, 'a.csv')).toEqual([
      'id integer',
      'code text',
      'amount decimal(18,3)',
      'yes boolean',
      'day date yyyy-MM-dd',
      'maybe integer',
      'Wide double',
      'when timestamp yyyy-MM-dd HH:mm:ss',
    ])
  })

  test.each([
    ['2024-01-31 10:20:30', 'timestamp yyyy-MM-dd HH:mm:ss'],
    ['2024-01-31T10:20:30.123Z', 'timestamp yyyy-MM-ddTHH:mm:ss.SSSZ'],
    ['2024-01-31 10:20:30.123456', 'timestamp yyyy-MM-dd HH:mm:ss.SSSSSS'],
    ['2024-02-30', 'text'],
    ['31/01/2024', 'text'],
    ['9223372036854775807', 'integer'],
    ['9223372036854775808', 'decimal(19,0)'],
    ['1.234.567', 'text'],
    ['+1', 'text'],
    ['00', 'text'],
    ['-0.50', 'decimal(18,2)'],
    ['nan', 'text'],
    ['9'.repeat(39), 'double'],
  ])('%s is %s', async (value, type) => {
    expect(await typesOf(`v\n${value}\n`, 'a.csv')).toEqual([`v ${type}`])
  })

  test('names that could not be columns are mended', async () => {
    expect(await typesOf('_id,,a,A,rowid\n1,2,3,4,5\n', 'a.csv')).toEqual([
      'id integer',
      'column_2 integer',
      'a integer',
      'A_2 integer',
      'rowid_2 integer',
    ])
  })

  test('JSON: members of every record count, broken lines do not, nested values are JSON', async () => {
    const lines =
      '{"_id":{"$oid":"5c"},"n":1}\n{"_id":{"$oid":"6d"},"n":2.5,"tags":["x"]}\nbroken\n{"_id":"x","o":{"a":1}}\n'
    expect(await typesOf(lines, 'a.ndjson')).toEqual(['id text', 'n decimal(18,1)', 'tags json', 'o json'])
  })

  test('Parquet and Excel tell more than their texts do', async () => {
    const parquet = async (folder: string, engine: Engine): Promise<string> => {
      await engine.run(`COPY (SELECT 1.5::DOUBLE AS d, TIMESTAMP '2024-01-31 00:00:00.000001' AS t, 'x' AS s, NULL::INTEGER AS e,
        TIMESTAMP '2024-01-31' AS midnight) TO '${folder}/original.data' (FORMAT parquet)`)
      return `${folder}/original.data`
    }
    expect(await typesOf(parquet, 'a.parquet')).toEqual([
      'd double',
      't timestamp yyyy-MM-dd HH:mm:ss.SSSSSS',
      's text',
      'e text',
      'midnight timestamp yyyy-MM-dd HH:mm:ss',
    ])
    const rows = `${rowsOf(['at', 'n'])}<row r="2"><c r="A2" s="1"><v>45322</v></c><c r="B2"><v>1</v></c></row><row r="3"><c r="A3" s="1"><v>45322.5</v></c></row>`
    const book = workbookOf({ sheets: [{ name: 'a', rows }], styles: ['General', 'yyyy-mm-dd hh:mm'] })
    expect(await typesOf(book, 'a.xlsx')).toEqual(['at timestamp yyyy-MM-dd HH:mm:ss', 'n integer'])
  })

  test('a file without columns is refused', async () => {
    await expect(contractOf('', 'a.csv')).rejects.toMatchObject({ code: 'LAYOUT_COLUMNS' })
    await expect(contractOf('[]', 'a.json')).rejects.toMatchObject({ code: 'LAYOUT_COLUMNS' })
  })
})
