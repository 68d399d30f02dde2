import { storedError } from '../../ledger/stored-error.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Language } from '../../model/language.ts'
import { named, object, text, type TypeOf } from './schema.ts'

export const errorSchema = named(
  'ItemError',
  object({
    code: text({ description: 'The same in every language' }),
    class: text({ description: 'system, layout, access, config, usage or bug' }),
    text: text({ description: 'What is wrong and what to do, in the language asked for' }),
  }),
)

/** The last error of an item or an attempt; null: none, or one of a newer Cauce. */
export function errorDocument(
  row: Pick<ItemRow, 'errorClass' | 'errorCode' | 'errorDetails'>,
  language: Language,
): TypeOf<typeof errorSchema> | null {
  const error = storedError(row)
  return error === undefined ? null : { code: error.code, class: error.class, text: error.textIn(language) }
}
