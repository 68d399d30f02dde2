/*
 * Spreadsheets run a cell that begins with = + @ or a tab as a formula, and one that begins with - unless it is a number. What
 * is exported for people therefore gets an apostrophe before such a text, and loses exactly that one on the way back.
 */

/** The text as a spreadsheet may be shown it. */
export function guardedSql(text: string): string {
  return `CASE WHEN regexp_matches(${text}, '^''*[=+@\\t\\r]')
  OR (regexp_matches(${text}, '^''*-') AND NOT regexp_full_match(${text}, '-[0-9.]*')) THEN '''' || ${text} ELSE ${text} END`
}

/** The text as it was before `guardedSql`. */
export function unguardedSql(text: string): string {
  return `CASE WHEN regexp_matches(${text}, '^''+[=+@\\t\\r-]') THEN substr(${text}, 2) ELSE ${text} END`
}
