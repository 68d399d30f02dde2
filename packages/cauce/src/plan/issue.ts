import type { Text } from '../model/language.ts'

/** Something wrong in a declaration: where it stands and what to write instead. */
export interface Issue {
  /** Path inside the pipeline: `tables.visitantes.key`. */
  readonly where: string
  readonly text: Text
}

/** Issues as the details of an error that lists them, one a line. */
export function listedIssues(issues: readonly Issue[]): {
  readonly issuesEn: string
  readonly issuesEs: string
} {
  const listed = (language: 'en' | 'es'): string =>
    issues.map(({ where, text }) => `\n${where}: ${text[language]}`).join('')
  return { issuesEn: listed('en'), issuesEs: listed('es') }
}

/** Shorthand for an issue in both languages. */
export function issue(where: string, en: string, es: string): Issue {
  return { where, text: { en, es } }
}
