import { parseSync } from 'oxc-parser'

/** Lines with code on them: blank lines and comments are free. */
export function codeLines(path: string, source: string): number {
  const { comments } = parseSync(path, source)
  const bare = comments.reduceRight(
    (text, { start, end }) =>
      text.slice(0, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ') + text.slice(end),
    source,
  )
  return bare.split('\n').filter((line) => line.trim() !== '').length
}
