import type { LogicalType } from '../../model/plan.ts'

/**
 * The logical type a DuckDB type (as DESCRIBE prints it) stands for; undefined where none does (lists, structs, blobs,
 * zoned times). HUGEINT, which `sum` makes of integers, is an integer: writing it down must cast it to BIGINT, which fails
 * on overflow, for Parquet would otherwise keep it as an inexact DOUBLE.
 */
export function logicalTypeOf(duckdbType: string): LogicalType | undefined {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(duckdbType)
  if (decimal !== null) return { kind: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) }
  if (duckdbType.startsWith('ENUM(')) return TEXT
  return LOGICAL_TYPES[duckdbType]
}

const TEXT: LogicalType = { kind: 'text', maxLength: undefined }
const INTEGER: LogicalType = { kind: 'integer' }

const LOGICAL_TYPES: Readonly<Record<string, LogicalType>> = {
  VARCHAR: TEXT,
  TINYINT: INTEGER,
  SMALLINT: INTEGER,
  INTEGER,
  BIGINT: INTEGER,
  HUGEINT: INTEGER,
  UTINYINT: INTEGER,
  USMALLINT: INTEGER,
  UINTEGER: INTEGER,
  UBIGINT: INTEGER,
  FLOAT: { kind: 'double' },
  DOUBLE: { kind: 'double' },
  BOOLEAN: { kind: 'boolean' },
  DATE: { kind: 'date' },
  TIMESTAMP: { kind: 'timestamp' },
  TIMESTAMP_S: { kind: 'timestamp', fraction: false },
  TIMESTAMP_MS: { kind: 'timestamp' },
  TIME: { kind: 'time' },
  UUID: { kind: 'uuid' },
  JSON: { kind: 'json' },
}
