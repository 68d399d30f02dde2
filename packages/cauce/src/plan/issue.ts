import type { Text } from '../model/language.ts'

/** Something wrong in a declaration: where it stands and what to write instead. */
export interface Issue {
  /** Path inside the pipeline: `tables.visitantes.key`. */
  readonly where: string
  readonly text: Text
}

/** Shorthand for an issue in both languages. */
export function issue(where: string, en: string, es: string): Issue {
  return { where, text: { en, es } }
}
