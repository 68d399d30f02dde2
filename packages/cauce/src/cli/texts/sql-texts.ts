import type { Text } from '../../model/language.ts'
import type { CountedText } from '../speaker.ts'

/** What `sql` says. */
export const sqlTexts = {
  row: { en: 'row {n}', es: 'fila {n}' },
} as const satisfies Record<string, Text>

export const sqlCounts = {
  firstRows: {
    one: {
      en: 'The first row; there are more: --limit shows them.',
      es: 'La primera fila; hay más: --limit las muestra.',
    },
    other: {
      en: 'The first {n} rows; there are more: --limit shows them.',
      es: 'Las primeras {n} filas; hay más: --limit las muestra.',
    },
  },
  rows: { one: { en: '1 row.', es: '1 fila.' }, other: { en: '{n} rows.', es: '{n} filas.' } },
} as const satisfies Record<string, CountedText>
