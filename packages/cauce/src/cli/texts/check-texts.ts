import type { Text } from '../../model/language.ts'
import type { CountedText } from '../speaker.ts'

/** What `check` says. */
export const checkTexts = {
  good: { en: 'fine', es: 'bien' },
  ledger: { en: 'ledger', es: 'bitácora' },
  declaredIn: { en: 'declared in {file}', es: 'declarado en {file}' },
} as const satisfies Record<string, Text>

export const checkCounts = {
  issues: { one: { en: '1 issue', es: '1 problema' }, other: { en: '{n} issues', es: '{n} problemas' } },
  rules: { one: { en: '1 rule', es: '1 regla' }, other: { en: '{n} rules', es: '{n} reglas' } },
  columns: { one: { en: '1 column', es: '1 columna' }, other: { en: '{n} columns', es: '{n} columnas' } },
  tables: { one: { en: '1 table', es: '1 tabla' }, other: { en: '{n} tables', es: '{n} tablas' } },
} as const satisfies Record<string, CountedText>
