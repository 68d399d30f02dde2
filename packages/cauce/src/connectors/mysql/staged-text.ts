import { open } from 'node:fs/promises'

/** One row of a staged file: texts as they are, other values in their spelling, null for NULL. */
export type StagedRow = readonly (string | null)[]

/**
 * Reads a file in the format `mysql-text` (see `StagingFormat`) row by row, holding one chunk at a time.
 * @throws {SyntaxError} when the file is not of that format: it is one of ours, so that is a fault of ours
 */
export async function* readStagedText(path: string): AsyncGenerator<StagedRow> {
  const file = await open(path)
  try {
    const parser = new StagedTextParser()
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    for await (const chunk of file.readableWebStream()) {
      yield* parser.rows(decoder.decode(chunk as Uint8Array, { stream: true }))
    }
    yield* parser.rows(decoder.decode())
    parser.finish()
  } finally {
    await file.close()
  }
}

type State = 'start' | 'bare' | 'quoted' | 'quote-seen'

/** Takes text in pieces of any size and gives back the rows that end within each. */
export class StagedTextParser {
  #state: State = 'start'
  #text = ''
  #row: (string | null)[] = []

  /** The rows that end within a chunk. */
  rows(chunk: string): readonly StagedRow[] {
    const rows: StagedRow[] = []
    let at = 0
    while (at < chunk.length) {
      if (this.#state === 'quoted') at = this.#quoted(chunk, at)
      else if (this.#state === 'quote-seen' && chunk[at] === '"') {
        this.#text += '"'
        this.#state = 'quoted'
        at++
      } else if (this.#state === 'start' && chunk[at] === '"') {
        this.#state = 'quoted'
        at++
      } else {
        const end = this.#bare(chunk, at)
        if (end < chunk.length) {
          this.#endValue()
          if (chunk[end] === '\n') {
            rows.push(this.#row)
            this.#row = []
          }
        }
        at = end + 1
      }
    }
    return rows
  }

  finish(): void {
    if (this.#state !== 'start' || this.#row.length > 0)
      throw new SyntaxError('a staged file ends within a row')
  }

  /** Takes the inside of quotes up to the next quote; tells where to go on. */
  #quoted(chunk: string, from: number): number {
    const quote = chunk.indexOf('"', from)
    this.#text += chunk.slice(from, quote < 0 ? undefined : quote)
    if (quote < 0) return chunk.length
    this.#state = 'quote-seen'
    return quote + 1
  }

  /** Takes a bare value up to the comma or line end behind it; tells where that is. */
  #bare(chunk: string, from: number): number {
    let end = from
    while (end < chunk.length && chunk[end] !== ',' && chunk[end] !== '\n') end++
    if (end > from) {
      if (this.#state === 'quote-seen') throw new SyntaxError('a staged value goes on behind its quotes')
      this.#text += chunk.slice(from, end)
      this.#state = 'bare'
    }
    return end
  }

  #endValue(): void {
    this.#row.push(this.#state === 'bare' && this.#text === 'NULL' ? null : this.#text)
    this.#text = ''
    this.#state = 'start'
  }
}
