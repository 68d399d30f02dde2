import { createReadStream } from 'node:fs'

const [NUL, LINE_END, QUOTE, COMMA] = [0x00, 0x0a, 0x22, 0x2c]

/** Where in a staged file the first NUL stands: the row from 1, the column from 0. Only asked where there is one. */
export async function findNul(path: string): Promise<{ readonly row: number; readonly column: number }> {
  let [row, column] = [1, 0]
  // A doubled quote leaves and enters again, so it needs no word of its own.
  let isQuoted = false
  for await (const chunk of createReadStream(path)) {
    for (const byte of chunk as Buffer) {
      if (byte === NUL) return { row, column }
      if (byte === QUOTE) isQuoted = !isQuoted
      else if (!isQuoted && byte === COMMA) column++
      else if (!isQuoted && byte === LINE_END) [row, column] = [row + 1, 0]
    }
  }
  return { row, column }
}
