import type {
  AnyReadPlan,
  CsvReadPlan,
  JsonReadPlan,
  NdjsonReadPlan,
  ParquetReadPlan,
  XlsxReadPlan,
} from '../model/plan.ts'
import { csv } from './csv.ts'
import { jsonDocument, ndjson } from './json-formats.ts'
import { parquet } from './parquet.ts'
import { xlsx } from './xlsx.ts'

/** How files of each format are read; those left out are read by that format's defaults. */
export interface AnyFormatOptions {
  readonly csv?: CsvReadPlan
  readonly ndjson?: NdjsonReadPlan
  readonly json?: JsonReadPlan
  readonly parquet?: ParquetReadPlan
  readonly xlsx?: XlsxReadPlan
}

/**
 * Reads each file by what it is: Parquet and Excel are known by their first bytes, JSON by how it begins, all else is delimited
 * text. What `read` means when it is left out.
 *
 * @example
 * read: anyFormat({ csv: csv({ delimiter: ';' }), json: jsonDocument({ records: 'data.items' }) }),
 */
export function anyFormat(options: AnyFormatOptions = {}): AnyReadPlan {
  return {
    format: 'any',
    csv: options.csv ?? csv(),
    ndjson: options.ndjson ?? ndjson(),
    json: options.json ?? jsonDocument(),
    parquet: options.parquet ?? parquet(),
    xlsx: options.xlsx ?? xlsx(),
  }
}
