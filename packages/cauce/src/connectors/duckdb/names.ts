import { quoteName } from '../../plan/duckdb/quote.ts'

/** The name the file is attached under while it is open. */
export const DATABASE = 'destination'

/** A table of the file, as every statement of ours names it. */
export function tableName(name: string): string {
  return `${DATABASE}.main.${quoteName(name)}`
}

/** Column names, quoted and separated. */
export function columnList(names: readonly string[], prefix = ''): string {
  return names.map((name) => prefix + quoteName(name)).join(', ')
}
