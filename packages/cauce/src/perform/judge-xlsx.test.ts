import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { rowsOf, workbookOf } from '../formats/xlsx/workbook.test-kit.ts'
import { boolean, date, decimal, integer, text, time, timestamp } from '../pipeline/columns.ts'
import { contract } from '../pipeline/contract.ts'
import { csv } from '../pipeline/csv.ts'
import { xlsx } from '../pipeline/xlsx.ts'
import { verdictOn } from './judge-file.test-kit.ts'

const sale = contract('sale', { id: integer(), name: text().nullable(), amount: decimal(10, 2).nullable() })

const one = (rows: string, after = ''): Buffer => workbookOf({ sheets: [{ name: 'Ventas', rows, after }] })

describe('a sheet', () => {
  test('is read by its header; empty rows are none, and rejects tell their row of the sheet', async () => {
    const rows = `${rowsOf(['name', 'id', 'amount'], ['Ana', 1, 0.1], ['x', 'dos', 1.005])}<row r="9"><c r="B9"><v>3</v></c></row>`
    const { records, valid, rejects } = await verdictOn(one(rows), 'v.xlsx', sale)
    expect(records).toBe(3)
    expect(valid).toEqual([
      { id: 1, name: 'Ana', amount: '0.10' },
      { id: 3, name: null, amount: null },
    ])
    expect(rejects).toEqual([
      {
        record: 2,
        line: 3,
        codes: 'id:not_an_integer|amount:not_a_decimal',
        raw: '{"name":"x","id":"dos","amount":1.005}',
      },
    ])
  })

  test('numbers, truth values and moments reach the contract as its columns write them', async () => {
    const asked = contract('c', {
      n: integer(),
      comma: decimal(10, 2, { decimalMark: ',', thousandsMark: '.' }),
      yes: boolean(['S'], ['N']),
      day: date('dd/MM/yyyy'),
      at: timestamp('dd/MM/yyyy HH:mm'),
      hour: time('HH:mm'),
      spent: text(),
      day_text: text(),
      code: text(),
    })
    const rows =
      rowsOf(['n', 'comma', 'yes', 'day', 'at', 'hour', 'spent', 'day_text', 'code']) +
      `<row r="2"><c r="A2"><v>1E3</v></c><c r="B2"><v>1234.5</v></c><c r="C2" t="b"><v>1</v></c>
       <c r="D2" s="1"><v>45322</v></c><c r="E2" s="2"><v>45322.430555555555</v></c><c r="F2" s="2"><v>0.43055555555555558</v></c>
       <c r="G2" s="3"><v>10.5</v></c><c r="H2" s="1"><v>45322</v></c><c r="I2" t="inlineStr"><is><t>007</t></is></c></row>`
    const book = workbookOf({
      sheets: [{ name: 'a', rows }],
      styles: ['General', 'yyyy\\-mm\\-dd', 'dd/mm/yy hh:mm', '[h]:mm'],
    })
    const { valid, rejects } = await verdictOn(book, 'v.xlsx', asked)
    expect(rejects).toEqual([])
    expect(valid).toMatchObject([
      { n: 1000, comma: '1234.50', yes: true, spent: '252:00:00', day_text: '2024-01-31', code: '007' },
    ])
    expect(JSON.stringify(valid)).toContain('2024-01-31 10:20:00')
  })

  test.each([
    ['', 1, '1900-01-01'],
    ['', 59, '1900-02-28'],
    ['', 61, '1900-03-01'],
    ['date1904="1"', 0, '1904-01-01'],
    ['date1904="true"', 42_735, '2021-01-01'],
  ])('days are counted from where the workbook says: %s %d', async (workbookPr, serial, day) => {
    const rows = `${rowsOf(['day'])}<row r="2"><c r="A2" s="0"><v>${serial}</v></c></row>`
    const book = workbookOf({ sheets: [{ name: 'a', rows }], styles: ['d/m/yy'], workbookPr })
    expect((await verdictOn(book, 'v.xlsx', contract('c', { day: text() }))).valid).toEqual([{ day }])
  })

  test('texts are read in every way they can be written', async () => {
    const strings =
      '<si><t>id</t></si><si><t xml:space="preserve"> a </t></si><si><r><t>ri</t></r><r><rPr><b/></rPr><t>ch</t></r><rPh><t>no</t></rPh></si><si><t>l1_x000A_&amp;&#241;&lt;</t></si><si/>'
    const cell = (row: number, body: string): string => `<row r="${row}"><c r="A${row}" ${body}</c></row>`
    const rows = [
      cell(1, 't="s"><v>0</v>'),
      cell(2, 't="s"><v>1</v>'),
      cell(3, 't="s"><v>2</v>'),
      cell(4, 't="s"><v>3</v>'),
      cell(5, 't="str"><f>A1&amp;"x"</f><v>formula</v>'),
      cell(6, 't="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is>'),
    ].join('')
    const book = workbookOf({ sheets: [{ name: 'a', rows }], strings })
    const { valid } = await verdictOn(book, 'v.xlsx', contract('c', { id: text() }))
    expect(valid.map(({ id }) => id)).toEqual([' a ', 'rich', 'l1\n&ñ<', 'formula', 'inline'])
  })

  test('the strict form of the format, with prefixes and dates in words, is read alike', async () => {
    const rows = `${rowsOf(['id', 'name'], [1, 'x'])}<row r="3"><c r="A3"><v>2</v></c><c r="B3" t="d"><v>2024-01-31T10:20:30</v></c></row>`
    const book = workbookOf({ sheets: [{ name: 'a', rows }], strict: true })
    expect((await verdictOn(book, 'v.xlsx', sale)).valid).toEqual([
      { id: 1, name: 'x', amount: null },
      { id: 2, name: '2024-01-31 10:20:30', amount: null },
    ])
  })

  test('a cell with an error makes its row a reject, or is null, or text, as declared', async () => {
    const rows = `${rowsOf(['id', 'name'])}<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`
    const { rejects } = await verdictOn(one(rows), 'v.xlsx', sale)
    expect(rejects).toEqual([
      { record: 1, line: 2, codes: 'row:error_cell', raw: '{"id":1,"name":"#DIV/0!"}' },
    ])
    const nulls = await verdictOn(one(rows), 'v.xlsx', sale, xlsx({ errorCells: 'null' }))
    expect(nulls.valid).toMatchObject([{ name: null }])
    const texts = await verdictOn(one(rows), 'v.xlsx', sale, xlsx({ errorCells: 'text' }))
    expect(texts.valid).toMatchObject([{ name: '#DIV/0!' }])
  })

  test('a value right of the header makes its row a reject', async () => {
    const { valid, rejects } = await verdictOn(
      one(rowsOf(['id'], [1], [2, null, 'more'])),
      'v.xlsx',
      contract('c', { id: integer() }),
    )
    expect(valid).toEqual([{ id: 1 }])
    expect(rejects).toMatchObject([{ codes: 'row:too_many_columns', raw: '{"id":2,"C":"more"}' }])
  })
})

describe('where the table of a sheet is', () => {
  const banner = rowsOf(
    ['A title'],
    [null],
    [null, 'id', 'name'],
    [null, 1, 'a'],
    [null, 2, 'b'],
    ['a footer'],
  )

  test.each([
    ['range', { range: 'B3:C5' }],
    ['open range', { range: 'B:C', headerRow: 3 }],
    ['rows left out', { range: 'B1:C5', skipRows: 2 }],
  ] as const)('is said by %s', async (_, options) => {
    expect((await verdictOn(one(banner), 'v.xlsx', sale, xlsx(options))).valid).toMatchObject([
      { id: 1 },
      { id: 2 },
    ])
  })

  test('merged cells of a header of two rows name all they cover', async () => {
    const rows = rowsOf(['id', 'enero', null], [null, 'total', 'piezas'], [1, 2, 3])
    const asked = contract('c', {
      id: integer(),
      total: integer().from('enero total'),
      piezas: integer().from('enero piezas'),
    })
    const book = one(
      rows,
      '<mergeCells count="2"><mergeCell ref="B1:C1"/><mergeCell ref="A1:A2"/></mergeCells>',
    )
    const { valid } = await verdictOn(book, 'v.xlsx', asked, xlsx({ headerRows: 2 }))
    expect(valid).toEqual([{ id: 1, total: 2, piezas: 3 }])
  })

  test('without a header columns are found by position', async () => {
    const { valid } = await verdictOn(
      one(rowsOf([1, 'a', 2.5], [2])),
      'v.xlsx',
      sale,
      xlsx({ header: false, layout: 'position' }),
    )
    expect(valid).toEqual([
      { id: 1, name: 'a', amount: '2.50' },
      { id: 2, name: null, amount: null },
    ])
  })
})

describe('the sheets of a workbook', () => {
  const rows = (id: number): string => rowsOf(['id', 'name'], [id, `s${id}`])
  const book = workbookOf({
    sheets: [
      { name: 'Oculta', rows: rows(1), state: 'hidden' },
      { name: 'Enero', rows: rows(2) },
      { name: 'Vacía', rows: '' },
      { name: 'Febrero', rows: rowsOf(['name', 'id'], ['s3', 3]) },
      { name: 'Secreta', rows: rows(4), state: 'veryHidden' },
    ],
  })

  test.each([
    ['the first that is not hidden', {}, [2]],
    ['one by name', { sheet: 'febrero' }, [3]],
    ['one by number, hidden or not', { sheet: 1 }, [1]],
    ['all that are not hidden', { sheets: 'visible' }, [2, 3]],
    ['all', { sheets: 'all' }, [1, 2, 3, 4]],
  ] as const)('are chosen: %s', async (_, options, ids) => {
    const { valid, records } = await verdictOn(book, 'v.xlsx', sale, xlsx(options))
    expect(valid.map(({ id }) => id)).toEqual(ids)
    expect(records).toBe(ids.length)
  })

  test('one that is not there is refused, naming those that are', async () => {
    await expect(verdictOn(book, 'v.xlsx', sale, xlsx({ sheet: 'Marzo' }))).rejects.toThrow(
      '"Oculta", "Enero", "Vacía"',
    )
  })

  test('with other columns than the first are refused', async () => {
    const differing = workbookOf({
      sheets: [
        { name: 'a', rows: rows(1) },
        { name: 'b', rows: rowsOf(['id', 'x'], [1]) },
      ],
    })
    await expect(verdictOn(differing, 'v.xlsx', sale, xlsx({ sheets: 'all' }))).rejects.toMatchObject({
      code: 'LAYOUT_COLUMNS',
    })
  })
})

describe('a workbook that is not whole or not honest', () => {
  const good = one(rowsOf(['id'], [1]))
  const id = contract('c', { id: integer() })

  test.each([
    ['cut', good.subarray(0, good.length - 40), 'End of central directory record'],
    ['without its end', one(`${rowsOf(['id'])}<row r="2"><c r="A2"><v>1`), 'is cut short'],
    [
      'old, or with a password',
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      'an old .xls or a workbook with a password',
    ],
    ['empty', one(''), 'empty file, not even a header'],
  ])('%s is refused', async (_, content, detail) => {
    await expect(verdictOn(content, 'v.xlsx', id)).rejects.toThrow(detail)
  })

  test('packed once more it is unpacked; declared as CSV it is refused', async () => {
    expect((await verdictOn(gzipSync(good), 'v.xlsx.gz', id)).valid).toEqual([{ id: 1 }])
    await expect(verdictOn(good, 'v.csv', id, csv())).rejects.toThrow('it is declared as csv, but is xlsx')
  })

  test('with a cell beyond all measure is refused', async () => {
    const rows = `<row r="1"><c r="A1" t="inlineStr"><is><t>${'x'.repeat(9_000_000)}</t></is></c></row>`
    await expect(verdictOn(one(rows), 'v.xlsx', id)).rejects.toThrow('a text is longer than')
  })
})
