import type { CsvReadPlan, FileReadPlan, JsonReadPlan, ReadPlan, XlsxReadPlan } from '../model/plan.ts'
import { issue, type Issue } from './issue.ts'
import { parseCellRange } from './cell-range.ts'
import { isWhole, wholeNumber } from './whole-number.ts'

/** What is wrong with the way files are to be read. */
export function checkRead(read: ReadPlan): readonly Issue[] {
  if (read.format !== 'any') return checkFormat('read', read)
  const { csv, ndjson, json, parquet, xlsx } = read
  return Object.entries({ csv, ndjson, json, parquet, xlsx }).flatMap(([name, one]) =>
    one.format === name
      ? checkFormat(`read.${name}`, one)
      : [
          issue(
            `read.${name}`,
            `reads ${one.format}; write ${name === 'json' ? 'jsonDocument' : name}() there`,
            `lee ${one.format}; escriba ahí ${name === 'json' ? 'jsonDocument' : name}()`,
          ),
        ],
  )
}

function checkFormat(where: string, read: FileReadPlan): readonly Issue[] {
  switch (read.format) {
    case 'csv':
      return checkCsv(where, read)
    case 'json':
      return checkRecords(where, read)
    case 'xlsx':
      return checkSheets(where, read)
    case 'ndjson':
    case 'parquet':
      return []
  }
}

function checkCsv(where: string, read: CsvReadPlan): readonly Issue[] {
  const found: Issue[] = []
  for (const role of ['delimiter', 'quote', 'escape'] as const) {
    const text = read[role]
    if (text !== undefined && text !== null && !/^[\t\x20-\x7e]$/.test(text))
      found.push(
        issue(
          `${where}.${role}`,
          `${JSON.stringify(text)} is not one ASCII character; write one, such as ";" or "\\t"`,
          `${JSON.stringify(text)} no es un carácter ASCII; escriba uno, como ";" o "\\t"`,
        ),
      )
  }
  if (read.delimiter !== undefined && (read.delimiter === read.quote || read.delimiter === read.escape))
    found.push(
      issue(
        `${where}.delimiter`,
        'cannot also be the quote or the escape; write another character for one of them',
        'no puede ser también la comilla o el escape; escriba otro carácter para uno de ellos',
      ),
    )
  if (!isWhole(read.skipLines, 0)) found.push(wholeNumber(`${where}.skipLines`, read.skipLines, 0))
  return found
}

function checkRecords(where: string, { records }: JsonReadPlan): readonly Issue[] {
  if (records.every((key) => key !== '')) return []
  return [
    issue(
      `${where}.records`,
      `"${records.join('.')}" names an empty key; write the keys that lead to the array, joined by dots: data.items`,
      `"${records.join('.')}" nombra una clave vacía; escriba las claves que llevan al arreglo, unidas por puntos: datos.filas`,
    ),
  ]
}

function checkSheets(where: string, read: XlsxReadPlan): readonly Issue[] {
  const { sheet, headerRow, headerRows, skipRows, range, header, layout } = read
  const found: Issue[] = []
  if (sheet.kind === 'number' && !isWhole(sheet.number, 1))
    found.push(wholeNumber(`${where}.sheet`, sheet.number, 1))
  if (headerRow !== undefined && !isWhole(headerRow, 1))
    found.push(wholeNumber(`${where}.headerRow`, headerRow, 1))
  if (!isWhole(headerRows, 1)) found.push(wholeNumber(`${where}.headerRows`, headerRows, 1))
  if (!isWhole(skipRows, 0)) found.push(wholeNumber(`${where}.skipRows`, skipRows, 0))
  if (range !== undefined && parseCellRange(range) === undefined)
    found.push(
      issue(
        `${where}.range`,
        `"${range}" is no range of cells; write B3:F200, or B3:F down to the end`,
        `"${range}" no es un rango de celdas; escriba B3:F200, o B3:F hasta el final`,
      ),
    )
  if (!header && layout === 'name')
    found.push(
      issue(
        `${where}.layout`,
        "columns cannot be found by name without a header; write layout: 'position'",
        "las columnas no se encuentran por nombre sin encabezado; escriba layout: 'position'",
      ),
    )
  return found
}
