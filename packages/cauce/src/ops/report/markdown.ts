import { visibleText } from '../../model/visible-text.ts'

export interface MarkdownColumn {
  readonly title: string
  readonly align?: 'right'
}

/** A text from outside, so that Markdown shows it and does nothing else: no markup, no HTML, no link, one line. */
export function markdownText(text: string): string {
  return (
    visibleText(text)
      .replace(/[\\`*_{}[\]()#+!|~>]/g, (mark) => `\\${mark}`)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      // Addresses become links by themselves.
      .replace(/:\/\//g, ':&#47;&#47;')
      .replace(/\bwww\./gi, (mark) => mark.replace('.', '&#46;'))
      .replaceAll('@', '&#64;')
  )
}

/** A table; cells are Markdown already. */
export function markdownTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map(line),
  ].join('\n')
}
