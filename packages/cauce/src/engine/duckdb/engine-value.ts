import type { DuckDBValue } from '@duckdb/node-api'

/** A value as JavaScript reads it: dates, times, decimals, uuids and nested values as DuckDB prints them. */
export type EngineValue = string | number | bigint | boolean | null

/** Plain form of a DuckDB value; integers become numbers where a number holds them exactly. */
export function toEngineValue(value: DuckDBValue): EngineValue {
  if (typeof value === 'bigint')
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
  if (value === null || typeof value !== 'object') return value
  return String(value)
}
