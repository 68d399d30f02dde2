/** A CSV that DuckDB reads with certainty: every setting said, nothing left to be found out. */
export interface ReadableCsv {
  readonly path: string
  readonly delimiter: string
  readonly quote: string | null
  readonly lineEnd: 'lf' | 'crlf'
  /** Physical lines before the first data record. */
  readonly skipLines: number
  readonly longestRecordBytes: number
  /** Whether each record begins with its flags. */
  readonly hasFlags: boolean
}

/** DuckDB's own default, below which nothing is gained. */
const LEAST_LINE_BYTES = 2 * 1024 * 1024
const SLACK_BYTES = 1024
const BUFFER_BYTES = 4 * 1024 * 1024

/**
 * A parenthesised SELECT over `read_csv` with every column as text: `columnNames`, then `_x1` … `_x<spare>` for fields beyond
 * them, then `_flags` as an integer. Missing fields are NULL, nothing else is: a first `_x1` that is not NULL means too many
 * fields, a last column that is NULL means too few.
 */
export function readSql(csv: ReadableCsv, columnNames: readonly string[], spare: number): string {
  const spares = Array.from({ length: spare }, (_, i) => `_x${i + 1}`)
  const texts = [...columnNames, ...spares]
  const inFile = csv.hasFlags ? ['_flags', ...texts] : texts
  const columns = inFile.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ')
  const flags = csv.hasFlags ? 'CAST("_flags" AS INTEGER)' : '0'
  const quote = csv.quote ?? ''
  const maxLineBytes = Math.max(LEAST_LINE_BYTES, csv.longestRecordBytes + SLACK_BYTES)
  const settings = [
    literal(csv.path),
    'auto_detect = false',
    'header = false',
    `skip = ${csv.skipLines}`,
    `delim = ${literal(csv.delimiter)}`,
    `quote = ${literal(quote)}`,
    `escape = ${literal(quote)}`,
    `new_line = ${csv.lineEnd === 'crlf' ? String.raw`'\r\n'` : String.raw`'\n'`}`,
    `encoding = 'utf-8'`,
    `compression = 'none'`,
    `comment = ''`,
    // Not `strict_mode = true`: it is the default, and said aloud it makes 1.5.6 overlook every CRLF.
    'null_padding = true',
    // Impossible as an unquoted value, and quoted ones are never null: so no text in the file is.
    `nullstr = '\n'`,
    'allow_quoted_nulls = false',
    // Parallel readers refuse line ends inside quotes beside null_padding.
    'parallel = false',
    `max_line_size = ${maxLineBytes}`,
    // DuckDB would take sixteen times the longest line.
    `buffer_size = ${Math.max(BUFFER_BYTES, 2 * maxLineBytes)}`,
    `columns = {${columns}}`,
  ]
  const names = texts.map((name) => identifier(name)).join(', ')
  return `(SELECT ${names}, ${flags} AS "_flags" FROM read_csv(${settings.join(', ')}))`
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
