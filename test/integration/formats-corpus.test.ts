import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ReadPlan } from '../../packages/cauce/src/model/plan.ts'
import type { CellValue } from '../../packages/cauce/src/formats/xlsx/cell-value.ts'
import { cellStyles } from '../../packages/cauce/src/formats/xlsx/cell-styles.ts'
import { sharedStrings } from '../../packages/cauce/src/formats/xlsx/shared-strings.ts'
import { mergedCells, sheetRows } from '../../packages/cauce/src/formats/xlsx/sheet-rows.ts'
import { WorkbookArchive } from '../../packages/cauce/src/formats/xlsx/workbook-archive.ts'
import { readWorkbook } from '../../packages/cauce/src/formats/xlsx/workbook.ts'
import { verdictOn, type Verdict } from '../../packages/cauce/src/perform/judge-file.test-kit.ts'
import {
  boolean,
  contract,
  csv,
  date,
  decimal,
  integer,
  jsonDocument,
  text,
  timestamp,
  xlsx,
} from '../../packages/cauce/src/index.ts'

const data = process.env['CAUCE_TEST_DATA'] ?? ''
const hasData = data !== '' && existsSync(join(data, 'excel'))
const state = hasData ? '' : ' [NOT RUN: CAUCE_TEST_DATA names no folder with excel]'

function expectedOf<Facts>(folder: string): Readonly<Record<string, Facts>> {
  if (!hasData) return {}
  return JSON.parse(readFileSync(join(data, folder, 'esperado.json'), 'utf8')) as Readonly<
    Record<string, Facts>
  >
}

/** Every column as text under names of our own, found by position. */
function asTexts(headers: readonly string[]): Parameters<typeof verdictOn>[2] {
  return contract(
    'c',
    Object.fromEntries(headers.map((header, i) => [`c${i}`, text().nullable().from(header)])),
  )
}

async function verdict(path: string, headers: readonly string[], read: ReadPlan): Promise<Verdict> {
  return verdictOn(readFileSync(join(data, path)), path, asTexts(headers), read)
}

/** Texts of one column, by its header. */
function column(headers: readonly string[], { valid }: Verdict, name: string): readonly string[] {
  return valid.map((row) => String(row[`c${headers.indexOf(name)}`] ?? ''))
}

/** An exact sum of decimals of at most six places. */
function sumOf(texts: readonly string[]): string {
  let sum = 0n
  for (const value of texts) {
    const [whole = '0', fraction = ''] = value.replace('-', '').split('.')
    const scaled = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'))
    sum += value.startsWith('-') ? -scaled : scaled
  }
  const digits = String(sum < 0n ? -sum : sum).padStart(7, '0')
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '')
}

const distinct = (texts: readonly string[]): number => new Set(texts).size
const plain = (figure: string | number): string =>
  String(figure)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')

interface SheetFacts {
  readonly nombre: string
  readonly estado: string
  readonly dimension: string
  readonly celdas_no_vacias: number
  readonly filas_no_vacias: number
  readonly combinadas: readonly string[]
  readonly sha256_celdas: string
}

interface WorkbookFacts {
  readonly sistema_1904: boolean
  readonly hojas: readonly SheetFacts[]
}

/** A cell as the corpus writes it. */
function corpusText(value: CellValue): string {
  if (value.kind === 'number') return String(value.number)
  if (value.kind === 'boolean') return String(value.value)
  if (value.kind === 'moment') return new Date(value.ms).toISOString().replace('T', ' ').replace('Z', '')
  if (value.kind === 'duration') return `P${(value.ms / 1000).toFixed(1)}s`
  return value.kind === 'text' || value.kind === 'error' ? value.text : String(value.ms)
}

describe.skipIf(!hasData)(`workbooks of many makers${state}`, () => {
  const books = expectedOf<WorkbookFacts>('excel')

  test.each(Object.keys(books))('%s is read cell by cell as its maker meant it', async (name) => {
    const facts = books[name] as WorkbookFacts
    const archive = await WorkbookArchive.open(join(data, 'excel', name), name, {})
    const { sheets, is1904, stringsPart, stylesPart } = await readWorkbook(archive)
    const tables = {
      strings: stringsPart === undefined ? [] : await sharedStrings(archive, stringsPart),
      styles: stylesPart === undefined ? [] : await cellStyles(archive, stylesPart),
      is1904,
    }
    expect(is1904).toBe(facts.sistema_1904)
    for (const [i, expected] of facts.hojas.entries()) {
      const { name: sheet, isHidden, part = '' } = sheets[i] ?? { name: '', isHidden: false }
      expect([sheet, isHidden]).toEqual([expected.nombre, expected.estado !== 'visible'])
      const cells: string[] = []
      for await (const { row, cells: found } of sheetRows(archive, part, tables))
        for (const [place, value] of found)
          if (corpusText(value) !== '') cells.push(`${row},${place + 1},${corpusText(value)}`)
      expect(cells).toHaveLength(expected.celdas_no_vacias)
      expect(createHash('sha256').update(cells.join('\n')).digest('hex')).toBe(expected.sha256_celdas)
      expect((await mergedCells(archive, part)).toSorted()).toEqual(expected.combinadas.toSorted())
    }
    archive.close()
  })

  test.each(Object.keys(books))('%s has as many rows as it has rows that are not empty', async (name) => {
    for (const [i, { dimension, filas_no_vacias: rows }] of (books[name] as WorkbookFacts).hojas.entries()) {
      const width = 1 + ((dimension.split(':')[1] ?? dimension).charCodeAt(0) - 65)
      const read = xlsx({
        sheet: i + 1,
        header: false,
        layout: 'position',
        range: dimension,
        errorCells: 'text',
      })
      const names = Array.from({ length: width }, (_, place) => `c${place}`)
      const { records, valid } = await verdict(join('excel', name), names, read)
      expect([records, valid.length]).toEqual([rows, rows])
    }
  })

  test('a table under a title and over a footer, with formulas, is read by its range', async () => {
    const asked = contract('c', {
      name: text().from('Name'),
      age: integer().from('Age'),
      kids: boolean().from('Has kids'),
      born: date().from('Date of birth'),
    })
    const read = xlsx({ range: 'A5:F15', unknownColumns: 'ignore', sheet: 'arts' })
    const { valid } = await verdictOn(
      readFileSync(join(data, 'excel/readxl_deaths.xlsx')),
      'd.xlsx',
      asked,
      read,
    )
    expect(valid).toHaveLength(10)
    expect(valid[0]).toMatchObject({ name: 'David Bowie', age: 69, kids: true })
  })

  test('a sales table is read by type', async () => {
    const asked = contract('c', {
      id: integer().from('Código Venda'),
      day: date('dd/MM/yyyy').from('Data'),
      amount: decimal(12, 2).from('Valor Final'),
    })
    const read = xlsx({ unknownColumns: 'ignore' })
    const { valid, rejects } = await verdictOn(
      readFileSync(join(data, 'excel/hashtag_Vendas-Dez.xlsx')),
      'v',
      asked,
      read,
    )
    expect([valid.length, rejects.length]).toEqual([7089, 0])
  })
})

interface CsvFacts {
  readonly archivo: string
  readonly filas: number
  readonly cabecera: readonly string[]
}

describe.skipIf(!hasData)(`sales and catalogues${state}`, () => {
  const sales = expectedOf<CsvFacts & Readonly<Record<string, CsvFacts & Readonly<Record<string, unknown>>>>>(
    'ventas',
  )
  const catalogues = expectedOf<CsvFacts & Readonly<Record<string, string | number>>>('catalogos')
  const byPlace = csv({ layout: 'position' })

  test.each(['clientes', 'productos', 'ventas', 'detalle_ventas'])('aurelion/%s', async (name) => {
    const facts = sales['aurelion']?.[name] as CsvFacts
    const read = await verdict(join('ventas/aurelion', facts.archivo), facts.cabecera, byPlace)
    expect(read.valid).toHaveLength(facts.filas)
    const amounts = column(facts.cabecera, read, 'importe')
    expect(sumOf(facts.cabecera.includes('importe') ? amounts : [])).toBe(
      name === 'detalle_ventas' ? '2651417' : '0',
    )
  })

  test.each(['Cadastro Produtos', 'Lojas', 'Promocoes'])('contoso/%s', async (name) => {
    const facts = sales['contoso']?.[name] as CsvFacts & Readonly<Record<string, unknown>>
    const read = await verdict(join('ventas/contoso', facts.archivo), facts.cabecera, byPlace)
    expect(read.valid).toHaveLength(facts.filas)
    const prices = facts.cabecera.includes('Preco Unitario')
      ? column(facts.cabecera, read, 'Preco Unitario')
      : []
    const sum = sumOf(prices.map((price) => price.replace(',', '.')))
    const told = facts['suma_Preco_Unitario']
    expect(sum).toBe(plain(typeof told === 'string' ? told : '0'))
  })

  test('superstore: sums, identities and dates with the month first', async () => {
    const facts = sales['superstore'] as unknown as CsvFacts & Readonly<Record<string, string | number>>
    const read = await verdict(join('ventas/superstore', facts.archivo), facts.cabecera, byPlace)
    expect(read.valid).toHaveLength(facts.filas)
    const of = (name: string): readonly string[] => column(facts.cabecera, read, name)
    expect([sumOf(of('Sales')), sumOf(of('Quantity')), sumOf(of('Profit'))]).toEqual(
      [facts['suma_Sales'], facts['suma_Quantity'], facts['suma_Profit']].map((figure) =>
        plain(figure ?? ''),
      ),
    )
    expect([distinct(of('Order ID')), distinct(of('Customer ID')), distinct(of('Product ID'))]).toEqual([
      facts['pedidos'],
      facts['clientes'],
      facts['productos_id'],
    ])
  })

  test('cafe: what is no value is a reject', async () => {
    const facts = sales['cafe'] as unknown as CsvFacts & Readonly<Record<string, number>>
    const value = () => text().pattern('(?:[^EU].*|E[^R].*|U[^N].*)')
    const asked = contract('c', {
      id: text().from('Transaction ID'),
      item: value().from('Item'),
      pieces: integer().from('Quantity'),
      price: decimal(8, 2).from('Price Per Unit'),
      total: decimal(8, 2).from('Total Spent'),
      paid: value().from('Payment Method'),
      place: value().from('Location'),
      day: date().from('Transaction Date'),
    })
    const path = join('ventas/cafe', facts.archivo)
    const { valid, records } = await verdictOn(readFileSync(join(data, path)), path, asked)
    expect([records, valid.length]).toEqual([facts.filas, facts['filas_totalmente_validas']])
  })

  test('uci: twenty days, ten of them packed', async () => {
    const facts = sales['uci-online-retail'] as unknown as Readonly<Record<string, string | number>> & {
      readonly filas_por_archivo: Readonly<Record<string, number>>
    }
    const asked = contract('c', {
      invoice: text().from('InvoiceNo'),
      code: text().from('StockCode'),
      what: text().nullable().from('Description'),
      pieces: integer().from('Quantity'),
      at: timestamp().from('InvoiceDate'),
      price: decimal(12, 4).from('UnitPrice'),
      customer: text().nullable().from('CustomerID'),
      country: text().from('Country'),
    })
    const all: Verdict['valid'][number][] = []
    for (const [name, rows] of Object.entries(facts.filas_por_archivo)) {
      const path = join('ventas/uci-online-retail', name)
      const { valid } = await verdictOn(readFileSync(join(data, path)), path, asked)
      expect(valid).toHaveLength(rows)
      all.push(...valid)
    }
    const texts = (name: string): readonly string[] => all.map((row) => String(row[name] ?? ''))
    expect(sumOf(texts('pieces'))).toBe(plain(facts['suma_cantidad'] ?? ''))
    expect([distinct(texts('invoice')), distinct(texts('code')), distinct(texts('country'))]).toEqual([
      facts['facturas_distintas'],
      facts['productos_distintos'],
      facts['paises'],
    ])
    expect(texts('customer').filter((id) => id === '')).toHaveLength(Number(facts['filas_sin_cliente']))
  })

  test('the same sales in another encoding, with other dates and marks, give the same rows', async () => {
    const sale = (day: string) =>
      contract('c', {
        id: integer().from('id_venta'),
        day: date(day).from('fecha'),
        customer: text().from('nombre_cliente'),
      })
    const lax = csv({ unknownColumns: 'ignore' })
    const read = async (path: string, day: string): Promise<Verdict> =>
      verdictOn(readFileSync(join(data, 'ventas', path)), path, sale(day), lax)
    const derived = await read('derivadas/aurelion_ventas_cp1252_puntoycoma_dmy.csv', 'dd/MM/yyyy')
    const original = await read('aurelion/ventas.csv', 'yyyy-MM-dd')
    expect(derived.valid).toHaveLength(120)
    expect(derived.valid).toEqual(original.valid)
    const path = 'ventas/derivadas/aurelion_detalle_cp1252_puntoycoma_miles.csv'
    const amount = contract('c', {
      amount: decimal(12, 2, { decimalMark: ',', thousandsMark: '.' }).from('importe'),
    })
    const { valid } = await verdictOn(readFileSync(join(data, path)), path, amount, lax)
    expect(sumOf(valid.map((row) => String(row['amount'])))).toBe('2651417')
  })

  test.each(Object.keys(catalogues))('catalogos/%s', async (name) => {
    const facts = catalogues[name] as CsvFacts & Readonly<Record<string, string | number>>
    const read = await verdict(join('catalogos', name), facts.cabecera, byPlace)
    expect(read.valid).toHaveLength(facts.filas)
    const of = (header: string): readonly string[] => column(facts.cabecera, read, header)
    expect(distinct(of('Handle'))).toBe(facts['handles'])
    expect(of('Title').filter((title) => title !== '')).toHaveLength(Number(facts['filas_con_titulo']))
    const prices = of('Variant Price').filter((price) => price !== '')
    expect(sumOf(prices)).toBe(plain(facts['suma_Variant_Price'] ?? ''))
  })
})

interface MongoFacts {
  readonly documentos: number
  readonly campos: Readonly<Record<string, Readonly<Record<string, number>>>>
}

describe.skipIf(!hasData)(`exports of document stores${state}`, () => {
  const mongo = expectedOf<MongoFacts>('mongo')
  const names = Object.keys(mongo).filter((name) => name.endsWith('.json'))

  test.each(names)('%s has its documents, and each field as often as it is there', async (name) => {
    const { documentos, campos } = mongo[name] as MongoFacts
    const fields = Object.keys(campos)
    for (const read of [undefined, jsonDocument()]) {
      const path = join('mongo', name)
      const { valid, rejects } = await verdictOn(readFileSync(join(data, path)), path, asTexts(fields), read)
      expect([valid.length, rejects.length]).toEqual([documentos, 0])
      for (const [i, field] of fields.entries()) {
        const there = Object.entries(campos[field] ?? {}).reduce((sum, [, count]) => sum + count, 0)
        expect([field, valid.filter((row) => row[`c${i}`] !== null).length]).toEqual([field, there])
      }
    }
  })

  test('values with types of their own are told as texts', async () => {
    const asked = contract('c', {
      id: text().from('_id'),
      born: timestamp().from('birthdate'),
      email: text(),
    })
    const path = 'mongo/sample_analytics/customers.json'
    const { valid, rejects } = await verdictOn(
      readFileSync(join(data, path)),
      path,
      contract('c', { ...asked.columns, tiers: text().from('tier_and_details'), accounts: text() }),
      jsonDocument({ unknownColumns: 'ignore' }),
    )
    expect(rejects).toEqual([])
    expect(valid[0]).toMatchObject({
      id: '5ca4bbcea2dd94ee58162a68',
      email: 'arroyocolton@gmail.com',
    })
    expect(JSON.stringify(valid[0])).toContain('1977-03-02')
  })
})
