import type { JsonReadPlan, NdjsonReadPlan } from '../model/plan.ts'
import type { ReadOptions } from './read-options.ts'

/**
 * Reads JSON objects, one a line. A line that is none is a reject; the others are loaded.
 *
 * Columns are found by key; `from('address.city')` takes a value from inside an object. See docs/formats.md.
 */
export function ndjson(options: ReadOptions = {}): NdjsonReadPlan {
  return {
    format: 'ndjson',
    compression: options.compression,
    nulls: options.nulls ?? [],
    unknownColumns: options.unknownColumns ?? 'refuse',
    layout: 'name',
  }
}

export interface JsonOptions extends ReadOptions {
  /** Keys that lead to the array of records, joined by dots: `data.items`. Default: the document is the array, or one record. */
  readonly records?: string
}

/**
 * Reads a JSON document: an array of records, a single record, or the array found by `records`. A document that breaks off is
 * refused whole, for behind the break nobody can tell where a record begins.
 */
export function jsonDocument(options: JsonOptions = {}): JsonReadPlan {
  const { records } = options
  return {
    format: 'json',
    compression: options.compression,
    nulls: options.nulls ?? [],
    unknownColumns: options.unknownColumns ?? 'refuse',
    layout: 'name',
    records: records === undefined || records === '' ? [] : records.split('.'),
  }
}
