import type { Text } from '../../model/language.ts'
import type { CountedText } from '../speaker.ts'

/** What `sql` says. */
export const sqlTexts = {
  firstRows: {
    en: 'The first {n} rows; there are more: --limit shows them.',
    es: 'Las primeras {n} filas; hay más: --limit las muestra.',
  },
  row: { en: 'row {n}', es: 'fila {n}' },
} as const satisfies Record<string, Text>

export const sqlCounts = {
  rows: { one: { en: '1 row.', es: '1 fila.' }, other: { en: '{n} rows.', es: '{n} filas.' } },
} as const satisfies Record<string, CountedText>
