/*
 * Spreadsheets run a cell that begins with = + @ (also in their full-width forms) or a control as a formula, and one that begins
 * with - unless it is a number. What is exported for people therefore gets an apostrophe before such a text, and loses exactly
 * that one on the way back.
 */

/** Beginnings that are always run; `-` is looked at apart. */
const RUN = String.raw`=+@＝＋＠－\t\r\n`

/** The text as a spreadsheet may be shown it. */
export function guardedSql(text: string): string {
  return `CASE WHEN regexp_matches(${text}, '^''*[${RUN}]')
  OR (regexp_matches(${text}, '^''*-') AND NOT regexp_full_match(${text}, '-[0-9.]*')) THEN '''' || ${text} ELSE ${text} END`
}

/** The text as it was before `guardedSql`. */
export function unguardedSql(text: string): string {
  return `CASE WHEN regexp_matches(${text}, '^''+[${RUN}-]') THEN substr(${text}, 2) ELSE ${text} END`
}
