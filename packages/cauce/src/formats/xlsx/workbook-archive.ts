import type { Readable } from 'node:stream'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { CauceError } from '../../model/cauce-error.ts'
import { BombGuard, type UnpackLimits } from '../compression/bomb-guard.ts'

/** Parts held as one text: none of ours is near it. */
const MOST_TEXT_BYTES = 16 * 1024 * 1024
const MOST_ENTRIES = 20_000

/** The parts of a workbook, whose sizes were judged before any was unpacked. */
export class WorkbookArchive {
  readonly file: string
  readonly #zip: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>

  private constructor(file: string, zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.file = file
    this.#zip = zip
    this.#entries = entries
  }

  /** @throws {CauceError} FILE_UNREADABLE, FILE_BOMB */
  static async open(path: string, file: string, limits: UnpackLimits): Promise<WorkbookArchive> {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false }).catch(
      (error: unknown) => {
        throw unreadable(file, 'it is no whole archive', error)
      },
    )
    try {
      return new WorkbookArchive(file, zip, await entriesOf(zip, file, limits))
    } catch (error) {
      zip.close()
      throw error
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase())
  }

  /** Unpacked size of a part; 0 when it is not there. */
  sizeBytes(name: string): number {
    return this.#entries.get(name.toLowerCase())?.uncompressedSize ?? 0
  }

  /** A part, in chunks of its text. */
  async *chunks(name: string): AsyncGenerator<string, void, undefined> {
    const entry = this.#entries.get(name.toLowerCase())
    if (entry === undefined) throw unreadable(this.file, `its part ${name} is missing`)
    try {
      const stream: Readable = await this.#zip.openReadStreamPromise(entry)
      stream.setEncoding('utf8')
      yield* stream as AsyncIterable<string>
    } catch (error) {
      if (error instanceof CauceError) throw error
      throw unreadable(this.file, `its part ${name} is damaged`, error)
    }
  }

  /** A small part whole; undefined when it is not there. */
  async text(name: string): Promise<string | undefined> {
    if (!this.has(name)) return undefined
    if (this.sizeBytes(name) > MOST_TEXT_BYTES) throw unreadable(this.file, `its part ${name} is too big`)
    let text = ''
    for await (const chunk of this.chunks(name)) text += chunk
    return text
  }

  close(): void {
    this.#zip.close()
  }
}

async function entriesOf(
  zip: ZipFile,
  file: string,
  limits: UnpackLimits,
): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>()
  const guard = new BombGuard(file, limits)
  let packedBytes = 0
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.isEncrypted()) throw unreadable(file, 'its content is encrypted')
      // What a part unpacks to is held to what the directory says of it.
      packedBytes += entry.compressedSize
      guard.pass(entry.uncompressedSize, packedBytes)
      const name = entry.fileNameRaw.toString('utf8').replaceAll('\\', '/').replace(/^\/+/, '')
      entries.set(name.toLowerCase(), entry)
      if (entries.size > MOST_ENTRIES) throw unreadable(file, `it has more than ${MOST_ENTRIES} parts`)
    }
  } catch (error) {
    throw error instanceof CauceError ? error : unreadable(file, 'its directory is damaged', error)
  }
  return entries
}

export function unreadable(file: string, detail: string, cause?: unknown): CauceError {
  return new CauceError('FILE_UNREADABLE', { file, detail }, { cause })
}
