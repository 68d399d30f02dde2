import type { Quoting } from '../fill-sql.ts'

/** A name as DuckDB reads it, whatever it holds. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as DuckDB reads it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Names and values for DuckDB. Parentheses keep a sign from joining the minus before it, which would begin a comment. */
export const duckdbQuoting: Quoting = {
  name: quoteName,
  value: (value) => {
    if (value === null) return 'NULL'
    if (typeof value === 'string') return quoteText(value)
    return typeof value === 'number' && value < 0 ? `(${value})` : String(value)
  },
}
