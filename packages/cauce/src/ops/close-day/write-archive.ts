import { createReadStream, createWriteStream } from 'node:fs'
import type { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { failpoint } from '../../model/failpoint.ts'
import type { DayManifest } from '../../model/day-manifest.ts'
import { flush } from './durable-file.ts'
import { MANIFEST_NAME } from '../../model/day-manifest.ts'
import { HashCheck, WrongBytes } from './hash-check.ts'
import type { OpenArchive } from '../../perform/open-archive.ts'

/** Where the bytes of a file come from: its verified copy, or the archive as it was. */
export type ByteSource =
  | { readonly kind: 'copy'; readonly path: string }
  | { readonly kind: 'archive'; readonly archive: OpenArchive; readonly name: string }

/** One file to be put into an archive. */
export interface ArchiveFile {
  /** The item it is of. */
  readonly item: number
  readonly name: string
  readonly sha256: string
  readonly bytes: number
  readonly modifiedMs: number
  readonly source: ByteSource
}

/** Bytes that no longer are what was read, or cannot be had from the archive as it was. */
export class DamagedCopy extends Error {
  override readonly name = 'DamagedCopy'
  readonly file: ArchiveFile

  constructor(file: ArchiveFile, options: { readonly cause: unknown }) {
    super(`${file.name}: the copy is not what was read`, options)
    this.file = file
  }
}

/** Packing these again costs time and saves nothing. */
const PACKED = /\.(gz|tgz|zip|zst|xz|bz2|7z|lz4|rar|parquet|xlsx|docx|jpe?g|png|pdf)$/i

const REGULAR_FILE = 0o100_640

/**
 * Writes an archive to a path where nothing is: the manifest first, then every file, one after the other, whatever their size
 * (zip64 where needed), each proven to be what was read. On the disk itself when this resolves.
 * @throws {DamagedCopy} naming the file that is none of what was read; system errors as they come
 */
export async function writeArchive(
  path: string,
  {
    manifest,
    madeMs,
    files,
  }: { readonly manifest: DayManifest; readonly madeMs: number; readonly files: readonly ArchiveFile[] },
): Promise<void> {
  const zip = new ZipFile()
  const output = zip.outputStream as PassThrough
  let current: Readable | undefined
  zip.on('error', (error: unknown) => {
    output.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  const text = JSON.stringify({ ...manifest, madeAt: new Date(madeMs).toISOString() }, undefined, 1)
  zip.addBuffer(Buffer.from(text), MANIFEST_NAME, { mtime: new Date(madeMs), mode: REGULAR_FILE })
  for (const [index, file] of files.entries()) {
    const options = {
      size: file.bytes,
      mtime: new Date(file.modifiedMs),
      mode: REGULAR_FILE,
      compress: !PACKED.test(file.name),
    }
    zip.addReadStreamLazy(file.name, options, (deliver) => {
      if (index === Math.floor(files.length / 2)) failpoint('close:half-archived')
      checkedBytes(file).then(
        (bytes) => {
          current = bytes
          bytes.once('error', (error: unknown) => {
            const isDamaged = error instanceof WrongBytes || file.source.kind === 'archive'
            zip.emit('error', isDamaged ? new DamagedCopy(file, { cause: error }) : error)
          })
          deliver(null, bytes)
        },
        (error: unknown) => deliver(error, output),
      )
    })
  }
  zip.end()
  try {
    await pipeline(output, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
  } finally {
    current?.destroy()
  }
  await flush(path)
}

async function checkedBytes(file: ArchiveFile): Promise<HashCheck> {
  const { source } = file
  const bytes =
    source.kind === 'copy' ? createReadStream(source.path) : await source.archive.open(source.name)
  const check = new HashCheck(file)
  bytes.once('error', (error: Error) => check.destroy(error))
  check.once('close', () => bytes.destroy())
  return bytes.pipe(check)
}
