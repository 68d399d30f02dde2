import type { Chance } from './chance.ts'
import { COLUMN_NAMES } from './visit-row.ts'

const BAD_EMAILS = [
  'sin-arroba.example.com',
  'dos@@example.com',
  '',
  'nadie@sindominio',
  'con espacio@example.org',
  '@example.net',
] as const

/** What people and programs have made of `14/09/2026 18:30`; a month of three digits stands in a real file. */
const BAD_DATES = [
  '14/009/2026 18:30',
  '31/02/2026 10:00',
  '2026-09-14 18:30',
  '14/09/2026',
  '14/13/2026 08:00',
  '14/09/2026 24:61',
] as const

const BAD_NUMBERS = ['uno', '1.5', '-1', ''] as const

type Fault = 'email' | 'number' | 'width' | 'Fecha envio' | 'Fecha open' | 'Fecha click'

/** The fields of a row that is certain to break the contract, made from those of a good one. */
export function spoilRow(fields: readonly string[], chance: Chance): string[] {
  const fault = chance.weighted<Fault>([
    ['email', 38],
    ['Fecha envio', 20],
    ['Fecha open', 15],
    ['Fecha click', 10],
    ['number', 12],
    ['width', 5],
  ])
  if (fault === 'width') return chance.hits(0.5) ? fields.slice(0, -1) : [...fields, 'sobra']
  if (fault === 'email') return replaced(fields, 'email', chance.pick(BAD_EMAILS))
  if (fault === 'number')
    return replaced(
      fields,
      chance.pick(['Opens', 'Opens virales', 'Clicks', 'Clicks virales']),
      chance.pick(BAD_NUMBERS),
    )
  return replaced(fields, fault, chance.pick(BAD_DATES))
}

function replaced(fields: readonly string[], column: (typeof COLUMN_NAMES)[number], value: string): string[] {
  return fields.with(COLUMN_NAMES.indexOf(column), value)
}
