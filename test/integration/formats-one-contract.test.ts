import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { zipOf } from '../../packages/cauce/src/formats/compression/zip-of.test-kit.ts'
import { rowsOf, workbookOf } from '../../packages/cauce/src/formats/xlsx/workbook.test-kit.ts'
import { CliScene } from '../cli/cli-scene.ts'

const PIPELINE = `
import { append, boolean, contract, date, decimal, files, integer, pipeline, rejects, text, timestamp, valid } from 'cauce'

const venta = contract('venta', {
  id: integer().from('ID venta'),
  codigo: text(),
  dia: date('dd/MM/yyyy'),
  hora: timestamp('dd/MM/yyyy HH:mm'),
  importe: decimal(12, 2, { decimalMark: ',', thousandsMark: '.' }),
  pagada: boolean(['S'], ['N']).nullable(),
  nota: text().nullable(),
})

export default pipeline('ventas', {
  from: files('./entrada', '*'),
  contract: venta,
  tables: { malas: append(rejects), ventas: append(valid) },
  into: 'duckdb:./ventas.duckdb',
  duplicates: 'load',
})
`

const CSV = `ID venta;codigo;dia;hora;importe;pagada;nota
1;007;31/01/2024;31/01/2024 10:20;1.234,50;S;"con ; y ""comillas"""
2;A-1;29/02/2024;29/02/2024 00:00;0,10;N;ñandú €
3;00;01/03/1999;01/03/1999 23:59;-5,00;;
cuatro;x;01/01/2024;01/01/2024 00:00;1,00;S;
`

const RECORDS = [
  [1, '007', '2024-01-31', '2024-01-31 10:20:00', 1234.5, true, 'con ; y "comillas"'],
  [2, 'A-1', '2024-02-29', '2024-02-29 00:00:00', 0.1, false, 'ñandú €'],
  [3, '00', '1999-03-01', '1999-03-01 23:59:00', -5, null, null],
  ['cuatro', 'x', '2024-01-01', '2024-01-01 00:00:00', 1, true, null],
] as const

const NAMES = ['ID venta', 'codigo', 'dia', 'hora', 'importe', 'pagada', 'nota'] as const

/** JSON has no dates: they are texts, in the contract's own form. */
function jsonRecords(): readonly string[] {
  const spelled = (iso: string): string => iso.replace(/^(\d+)-(\d+)-(\d+)/, '$3/$2/$1').replace(/:00$/, '')
  return RECORDS.map(([id, codigo, dia, hora, importe, pagada, nota]) =>
    JSON.stringify(
      Object.fromEntries(
        [id, codigo, spelled(dia), spelled(hora), importe, pagada, nota].map((value, i) => [NAMES[i], value]),
      ),
    ),
  )
}

async function parquetFile(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const text = (value: string | number | boolean | null): string =>
    value === null ? 'NULL' : `'${String(value)}'`
  const rows = RECORDS.map(
    ([id, codigo, dia, hora, importe, pagada, nota]) =>
      `(${text(id)}, ${text(codigo)}, DATE '${dia}', TIMESTAMP '${hora}', ${importe}::DECIMAL(18,4), ${pagada ?? 'NULL::BOOLEAN'}, ${text(nota)})`,
  )
  const columns = NAMES.map((name) => `"${name}"`).join(', ')
  await connection.run(
    `COPY (SELECT * FROM (VALUES ${rows.join(', ')}) AS t(${columns})) TO '${path}' (FORMAT parquet)`,
  )
  connection.closeSync()
  instance.closeSync()
}

function workbook(): Buffer {
  const serial = (iso: string): number =>
    (Date.parse(`${iso.replace(' ', 'T')}Z`) - Date.UTC(1899, 11, 30)) / 86_400_000
  const dates = RECORDS.map(
    ([, , dia, hora], i) =>
      [
        `<c r="C${i + 2}" s="1"><v>${serial(`${dia} 00:00:00`)}</v></c>`,
        `<c r="D${i + 2}" s="2"><v>${serial(hora)}</v></c>`,
      ] as const,
  )
  const plain = rowsOf(
    NAMES,
    ...RECORDS.map(([id, codigo, , , importe, pagada, nota]) => [
      id,
      codigo,
      null,
      null,
      importe,
      pagada,
      nota,
    ]),
  )
  const rows = plain.replaceAll(
    /<c r="E([2-9])"/g,
    (cell, row: string) => `${dates[Number(row) - 2]?.join('') ?? ''}${cell}`,
  )
  return workbookOf({
    sheets: [{ name: 'Ventas', rows }],
    styles: ['General', 'dd/mm/yyyy', 'dd/mm/yyyy hh:mm'],
  })
}

test('the same rows as CSV, NDJSON, JSON, Parquet and Excel, packed or not, give the same table under one contract', async () => {
  using scene = new CliScene({ 'ventas.ts': PIPELINE })
  const place = (name: string, bytes: string | Buffer): void => {
    writeFileSync(join(scene.folder, 'entrada', name), bytes)
    utimesSync(join(scene.folder, 'entrada', name), 1_000_000_000, 1_000_000_000)
  }
  const records = jsonRecords()
  const draft = mkdtempSync(join(tmpdir(), 'cauce-parquet-'))
  await parquetFile(join(draft, 'x'))
  const parquet = readFileSync(join(draft, 'x'))
  rmSync(draft, { recursive: true })
  place('a.csv', CSV)
  place('b.ndjson', `${records.join('\n')}\n`)
  place('c.json', `[\n${records.join(',\n')}\n]`)
  place('d.parquet', parquet)
  place('e.xlsx', workbook())
  place('f.csv.gz', gzipSync(CSV))
  place('g.json.zst', zstdCompressSync(`[${records.join(',')}]`))
  place('h.parquet.gz', gzipSync(parquet))
  place('i.zip', zipOf({ name: 'any', content: Buffer.from(records.join('\n')) }))
  place('j.xlsx.gz', gzipSync(workbook()))
  const { document, stderr } = await scene.json(['run'])
  expect(stderr).not.toContain('✗')
  expect(document).toMatchObject({
    runs: [
      { state: 'done_with_rejects', totals: { items: 10, read: 40, loaded: 30, rejected: 10, skipped: 0 } },
    ],
  })
  const instance = await DuckDBInstance.create(join(scene.folder, 'ventas.duckdb'), {
    access_mode: 'READ_ONLY',
  })
  const connection = await instance.connect()
  const rows = await connection.runAndReadAll(
    'SELECT id, codigo, dia, hora, importe, pagada, nota, count(*) AS files FROM ventas GROUP BY ALL ORDER BY id',
  )
  expect(rows.getRowsJson()).toEqual([
    ['1', '007', '2024-01-31', '2024-01-31 10:20:00', '1234.50', true, 'con ; y "comillas"', '10'],
    ['2', 'A-1', '2024-02-29', '2024-02-29 00:00:00', '0.10', false, 'ñandú €', '10'],
    ['3', '00', '1999-03-01', '1999-03-01 23:59:00', '-5.00', null, null, '10'],
  ])
  const bad = await connection.runAndReadAll('SELECT DISTINCT record, rules FROM malas')
  expect(bad.getRowsJson()).toEqual([['4', 'id:not_an_integer']])
  connection.closeSync()
  instance.closeSync()
})
