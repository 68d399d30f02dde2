import { open, type FileHandle } from 'node:fs/promises'
import { quoteName, quoteText } from '../../plan/duckdb/quote.ts'

const BATCH_CHARACTERS = 512 * 1024
/** DuckDB's own default, below which nothing is gained. */
const LEAST_LINE_BYTES = 2 * 1024 * 1024
const SLACK_BYTES = 1024
const BUFFER_BYTES = 4 * 1024 * 1024

/**
 * Writes rows of typed files as text for the engine: CSV of UTF-8, flags first, every text quoted, a missing value empty and
 * unquoted, so that a missing value and an empty text stay two things. Rows may end early: what they lack is missing.
 */
export class TextRows {
  readonly path: string
  rows = 0
  flaggedRows = 0
  #longest = 0
  readonly #file: FileHandle
  #batch = ''

  private constructor(path: string, file: FileHandle) {
    this.path = path
    this.#file = file
  }

  static async create(path: string): Promise<TextRows> {
    return new TextRows(path, await open(path, 'w'))
  }

  /** Adds one row; `true` when it is time to `flush`. */
  add(flags: number, fields: readonly (string | null | undefined)[]): boolean {
    let line = String(flags)
    for (const field of fields)
      line += field === null || field === undefined ? ',' : `,"${field.replaceAll('"', '""')}"`
    this.#longest = Math.max(this.#longest, line.length)
    this.#batch += `${line}\n`
    this.rows++
    if (flags !== 0) this.flaggedRows++
    return this.#batch.length > BATCH_CHARACTERS
  }

  async flush(): Promise<void> {
    const batch = this.#batch
    this.#batch = ''
    await this.#file.writeFile(batch)
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#file.close()
  }

  /** A parenthesised SELECT over the written rows: `names`, `_x1` … `_x<spare>`, `_flags`. */
  readSql(names: readonly string[], spare: number): string {
    const texts = [...names, ...Array.from({ length: spare }, (_, i) => `_x${i + 1}`)]
    const columns = ['_flags', ...texts].map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ')
    // A UTF-16 unit becomes at most three bytes.
    const maxLineBytes = Math.max(LEAST_LINE_BYTES, this.#longest * 3 + SLACK_BYTES)
    const settings = [
      quoteText(this.path),
      'auto_detect = false',
      'header = false',
      "delim = ','",
      `quote = '"'`,
      `escape = '"'`,
      String.raw`new_line = '\n'`,
      "encoding = 'utf-8'",
      "compression = 'none'",
      "comment = ''",
      'null_padding = true',
      "nullstr = ''",
      'allow_quoted_nulls = false',
      // Parallel readers refuse line ends inside quotes beside null_padding.
      'parallel = false',
      `max_line_size = ${maxLineBytes}`,
      `buffer_size = ${Math.max(BUFFER_BYTES, 2 * maxLineBytes)}`,
      `columns = {${columns}}`,
    ]
    const selected = texts.map(quoteName).join(', ')
    return `(SELECT ${selected}${texts.length > 0 ? ', ' : ''}CAST("_flags" AS INTEGER) AS "_flags" FROM read_csv(${settings.join(', ')}))`
  }
}
