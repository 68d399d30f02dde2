import { CauceError } from '../../model/cauce-error.ts'

/**
 * A name as DuckDB must read it: in double quotes, inner ones doubled. Every identifier in SQL of ours passes here.
 * @throws {CauceError} CONFIG_INVALID for a NUL, at which DuckDB's parser would stop reading.
 */
export function quoteName(name: string): string {
  if (name.includes('\0') || name === '')
    throw new CauceError('CONFIG_INVALID', {
      where: JSON.stringify(name),
      detail: 'a table or column name must not be empty or hold a NUL',
    })
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as an SQL literal: quotes doubled, NUL (which a literal cannot hold) spelt `chr(0)`. */
export function quoteText(text: string): string {
  const literals = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`)
  return literals.length === 1 ? (literals[0] ?? "''") : `(${literals.join(' || chr(0) || ')})`
}
