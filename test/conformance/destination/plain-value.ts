import type { LogicalType } from '../../../packages/cauce/src/model/plan.ts'

/** A value in one spelling for all systems: numbers without idle zeros, moments without idle fractions, JSON with sorted keys. */
export function plainValue(value: string | number | null, type: LogicalType): string | null {
  if (value === null) return null
  const text = String(value)
  switch (type.kind) {
    case 'decimal':
      return text.includes('.') ? text.replace(/\.?0+$/, '') : text
    case 'double':
      return String(Number(text))
    case 'boolean':
      return text === 'true' || text === '1' ? '1' : '0'
    case 'timestamp':
    case 'time':
      return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
    case 'json':
      return JSON.stringify(sorted(JSON.parse(text)))
    case 'text':
    case 'integer':
    case 'date':
    case 'uuid':
      return text
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}
