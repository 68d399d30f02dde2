import type { LogicalType } from '../../model/plan.ts'
import { logicalTypeOf } from '../../engine/duckdb/logical-type-of.ts'

/**
 * Why values of a logical type would not stay what they are in an existing column, where DuckDB would cast them without a word;
 * undefined: they stay, or the cast fails and the load is refused then (a number too large for its column).
 */
export function misfit(type: LogicalType, existing: string): string | undefined {
  const stays = fits(type, existing, logicalTypeOf(existing))
  return stays ? undefined : `holds ${existing}, which would change ${type.kind} values`
}

function fits(type: LogicalType, existing: string, found: LogicalType | undefined): boolean {
  if (found === undefined) return type.kind === 'timestamp' && existing === 'TIMESTAMP_NS'
  switch (type.kind) {
    case 'text':
      return found.kind === 'text' || found.kind === 'json'
    case 'integer':
      return found.kind === 'integer' || found.kind === 'decimal'
    case 'decimal':
      return found.kind === 'decimal' && found.scale >= type.scale
    case 'double':
      return existing === 'DOUBLE'
    case 'date':
      return found.kind === 'date' || found.kind === 'timestamp'
    case 'timestamp':
      return existing === 'TIMESTAMP' || (existing === 'TIMESTAMP_S' && type.fraction === false)
    case 'boolean':
    case 'time':
      return found.kind === type.kind
    case 'uuid':
    case 'json':
      return found.kind === type.kind || existing === 'VARCHAR'
  }
}
