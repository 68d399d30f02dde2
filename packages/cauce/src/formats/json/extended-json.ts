import type { Parse } from '../../model/plan.ts'
import { spellMoment } from '../typed/spell-moment.ts'
import { spellNumber } from '../typed/spell-number.ts'

/**
 * The text of a value that MongoDB's tools wrapped to keep its type (`{"$oid": "…"}`, `{"$date": …}`, `{"$numberLong": "1"}`);
 * undefined for any other object, which stays the object it is.
 */
export function unwrapped(json: string, parse: Parse): string | undefined {
  if (!/^\{\s*"\$/.test(json)) return undefined
  const members = Object.entries(JSON.parse(json) as Readonly<Record<string, unknown>>)
  const [member] = members
  if (member === undefined || members.length !== 1) return undefined
  const [kind, value] = member
  switch (kind) {
    case '$oid':
    case '$uuid':
    case '$symbol':
      return typeof value === 'string' ? value : undefined
    case '$numberInt':
    case '$numberLong':
    case '$numberDouble':
    case '$numberDecimal':
      return typeof value === 'string' ? spellNumber(value, parse) : undefined
    case '$date': {
      const ms = momentOf(value)
      return ms === undefined ? undefined : spellMoment(ms, parse)
    }
    default:
      return undefined
  }
}

function momentOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'object' && value !== null && '$numberLong' in value) return Number(value.$numberLong)
  if (typeof value !== 'string') return undefined
  // Older tools write the zone without a colon, which Date does not read.
  const ms = Date.parse(value.replace(/([+-][0-9]{2})([0-9]{2})$/, '$1:$2'))
  return Number.isNaN(ms) ? undefined : ms
}
