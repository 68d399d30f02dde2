import type { ParquetReadPlan } from '../model/plan.ts'
import type { ReadOptions } from './read-options.ts'

export interface ParquetOptions extends ReadOptions {
  /** Columns are found by name (any order) or by position (names are checked all the same). Default `name`. */
  readonly layout?: 'position' | 'name'
}

/** Reads Parquet. Typed values reach the contract as its columns write them; see docs/formats.md. */
export function parquet(options: ParquetOptions = {}): ParquetReadPlan {
  return {
    format: 'parquet',
    compression: options.compression,
    nulls: options.nulls ?? [],
    unknownColumns: options.unknownColumns ?? 'refuse',
    layout: options.layout ?? 'name',
  }
}
