import { unreadable, type WorkbookArchive } from './workbook-archive.ts'
import { decodeEscapes, longer, pushXml, XmlScanner, type XmlHandler } from './xml-scanner.ts'

/** The table of texts is held in memory: cells name their text by number, in any order. */
const MOST_BYTES = 512 * 1024 * 1024

/** The texts that cells refer to by number. */
export async function sharedStrings(archive: WorkbookArchive, part: string): Promise<readonly string[]> {
  if (archive.sizeBytes(part) > MOST_BYTES)
    throw unreadable(archive.file, `its texts take more than ${MOST_BYTES} bytes; split the workbook`)
  const table = new StringTable()
  const scanner = new XmlScanner(table)
  for await (const chunk of archive.chunks(part)) pushXml(scanner, chunk, archive, part)
  return table.texts
}

class StringTable implements XmlHandler {
  readonly texts: string[] = []
  #text = ''
  #inText = false
  #phonetic = 0

  open(name: string): void {
    if (name === 'si') this.#text = ''
    else if (name === 'rPh') this.#phonetic++
    else if (name === 't') this.#inText = this.#phonetic === 0
  }

  close(name: string): void {
    if (name === 't') this.#inText = false
    else if (name === 'rPh') this.#phonetic--
    else if (name === 'si') this.texts.push(decodeEscapes(this.#text))
  }

  text(text: string): void {
    if (this.#inText) this.#text = longer(this.#text, text)
  }
}
