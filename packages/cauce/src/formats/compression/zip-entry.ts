import type { Readable } from 'node:stream'
import { openPromise, type Entry, type ZipFile } from 'yauzl'

/** The one file in an archive, open for reading. */
export interface SingleEntry {
  readonly packedBytes: number
  readonly unpackedBytes: number
  readonly crc32: number
  open(): Promise<Readable>
  close(): void
}

/**
 * Opens the only data entry of a zip archive. Folders and the notes macOS adds are no data. Names are not used for anything.
 *
 * @throws {Error} when there is none or more than one, or it is encrypted or packed in a way we cannot undo.
 */
export async function singleZipEntry(path: string): Promise<SingleEntry> {
  // Names stay bytes: they are not ours to trust, decode or write anywhere.
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false })
  try {
    const entry = await onlyEntry(zip)
    if (entry.isEncrypted()) throw new Error('its content is encrypted')
    if (!entry.canDecodeFileData())
      throw new Error(`its content is packed by method ${entry.compressionMethod}; use deflate`)
    return {
      packedBytes: entry.compressedSize,
      unpackedBytes: entry.uncompressedSize,
      crc32: entry.crc32,
      open: () => zip.openReadStreamPromise(entry),
      close: () => zip.close(),
    }
  } catch (error) {
    zip.close()
    throw error
  }
}

async function onlyEntry(zip: ZipFile): Promise<Entry> {
  let found: Entry | undefined
  for await (const entry of zip.eachEntry()) {
    if (!isData(entry.fileNameRaw)) continue
    if (found !== undefined)
      throw new Error('it is an archive with more than one file; send one archive per file')
    found = entry
  }
  if (found === undefined) throw new Error('it is an archive without files')
  return found
}

function isData(name: Buffer): boolean {
  const text = name.toString('latin1')
  return !text.endsWith('/') && !text.startsWith('__MACOSX/')
}

/** Whether an archive is a workbook of Excel: its parts stand in a folder of that name. */
export async function holdsWorkbook(path: string): Promise<boolean> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false }).catch(
    () => undefined,
  )
  if (zip === undefined) return false
  try {
    for await (const entry of zip.eachEntry())
      if (
        /^\/?xl\/workbook[0-9]*\.(xml|bin)$/i.test(entry.fileNameRaw.toString('latin1').replaceAll('\\', '/'))
      )
        return true
    return false
  } catch {
    // A damaged directory is told by whoever unpacks it.
    return false
  } finally {
    zip.close()
  }
}
