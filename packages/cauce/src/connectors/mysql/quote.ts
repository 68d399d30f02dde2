/** A name of a table or column as SQL: whatever it holds, it stays a name. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

export function quoteNames(names: readonly string[]): string {
  return names.map(quoteName).join(', ')
}

/**
 * A text as an SQL literal. Right for our sessions only: they are utf8mb4 (no byte of a longer character can be taken for a
 * quote) and never run with NO_BACKSLASH_ESCAPES.
 */
export function quoteText(text: string): string {
  return `'${text.replaceAll(SPECIAL, (character) => (character === '\0' ? '\\0' : `\\${character}`))}'`
}

// oxlint-disable-next-line no-control-regex
const SPECIAL = /[\\'\0]/g
