const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * What a terminal obeys instead of showing: controls, line and paragraph separators, marks that turn the direction of the
 * text, and halves of characters. The rest of a name is shown as it is.
 */
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu

/** A name or text from outside on one line, everything a terminal would obey spelled out: `a\nb`, `\x1b[2J`. */
export function visibleText(text: string): string {
  return text.replace(OBEYED, (mark) => {
    const code = mark.codePointAt(0) ?? 0
    const digits = code.toString(16)
    return SHORT[mark] ?? (code < 256 ? `\\x${digits.padStart(2, '0')}` : `\\u${digits.padStart(4, '0')}`)
  })
}

/** The same for a text of several lines: its line breaks stay. */
export function visibleLines(text: string): readonly string[] {
  return text.split(/\r?\n/).map(visibleText)
}
