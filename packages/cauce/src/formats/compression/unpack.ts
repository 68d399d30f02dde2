import { createReadStream } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createGunzip, createZstdDecompress } from 'node:zlib'
import { CauceError } from '../../model/cauce-error.ts'
import { toCauceError } from '../../model/to-cauce-error.ts'
import { BombGuard, type UnpackLimits } from './bomb-guard.ts'
import { MAGIC_BYTES, sniffCompression, type Compression } from './sniff-compression.ts'
import { singleZipEntry } from './zip-entry.ts'
import { zstdFrames } from './zstd-frames.ts'

export type { UnpackLimits } from './bomb-guard.ts'

export interface UnpackSettings extends UnpackLimits {
  /** The file's name for people. */
  readonly file: string
  /** What was declared; undefined: look at the file. */
  readonly compression?: Compression | 'none' | undefined
  /** Whether what it holds may be a zip archive by itself, as workbooks are. Default false: it is packed twice. */
  readonly mayHoldZip?: boolean
  readonly signal?: AbortSignal | undefined
}

export interface Unpacked {
  /** The original where it is not packed, else `target`. */
  readonly path: string
  readonly sizeBytes: number
  readonly compression: Compression | 'none'
}

/**
 * Unpacks a file if it is packed, by its first bytes and not by its name.
 *
 * Effects: writes `target` when there is something to unpack; a failed attempt leaves it incomplete.
 *
 * @throws {CauceError} FILE_UNREADABLE when it is cut, damaged, encrypted, packed twice, holds several files, is packed by
 *   something else, or not as declared; FILE_BOMB when it grows beyond the limits; DISK_FULL.
 */
export async function unpack(path: string, target: string, settings: UnpackSettings): Promise<Unpacked> {
  const { size } = await stat(path)
  const compression = settings.compression === 'none' ? 'none' : await recognise(path, settings)
  if (compression === 'none') return { path, sizeBytes: size, compression }
  const output = await open(target, 'w')
  const job: Job = { path, sizeBytes: size, output, guard: new BombGuard(settings.file, settings), settings }
  try {
    await UNPACKERS[compression](job)
  } catch (error) {
    throw asUnreadable(error, settings.file)
  } finally {
    await output.close()
  }
  const inside = sniffCompression(await headOf(target))
  if (inside !== undefined && !(inside === 'zip' && settings.mayHoldZip === true))
    throw unreadable(settings.file, 'what it holds is packed again; pack it once')
  return { path: target, sizeBytes: job.guard.unpackedBytes, compression }
}

interface Job {
  readonly path: string
  readonly sizeBytes: number
  readonly output: FileHandle
  readonly guard: BombGuard
  readonly settings: UnpackSettings
}

const CHUNK_BYTES = 128 * 1024

const UNPACKERS: Readonly<Record<Compression, (job: Job) => Promise<void>>> = {
  gzip: async (job) => {
    const input = createReadStream(job.path, { highWaterMark: CHUNK_BYTES })
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
    await pipeline(
      input,
      gunzip,
      (chunks: AsyncIterable<Buffer>) => drain(chunks, job, () => gunzip.bytesWritten),
      {
        signal: job.settings.signal,
      },
    )
  },
  zstd: async (job) => {
    const file = await open(job.path, 'r')
    try {
      for await (const { start, end } of zstdFrames(file, job.sizeBytes)) {
        const input = createReadStream(job.path, { start, end: end - 1, highWaterMark: CHUNK_BYTES })
        const frame = createZstdDecompress({ chunkSize: CHUNK_BYTES })
        await pipeline(input, frame, (chunks: AsyncIterable<Buffer>) => drain(chunks, job, () => end), {
          signal: job.settings.signal,
        })
      }
    } finally {
      await file.close()
    }
  },
  zip: async (job) => {
    const entry = await singleZipEntry(job.path)
    try {
      job.guard.announce(entry.unpackedBytes)
      let checksum = 0
      const input: Readable = await entry.open()
      await pipeline(
        input,
        async (chunks: AsyncIterable<Buffer>) => {
          await drain(
            chunks,
            job,
            () => entry.packedBytes,
            (chunk) => {
              checksum = crc32(chunk, checksum)
            },
          )
        },
        { signal: job.settings.signal },
      )
      // yauzl checks sizes but not sums.
      if (checksum !== entry.crc32) throw new Error('its checksum does not fit its content')
    } finally {
      entry.close()
    }
  },
}

async function drain(
  chunks: AsyncIterable<Buffer>,
  job: Job,
  packedBytes: () => number,
  look?: (chunk: Buffer) => void,
): Promise<void> {
  for await (const chunk of chunks) {
    job.guard.pass(chunk.length, packedBytes())
    look?.(chunk)
    await job.output.writeFile(chunk)
  }
}

async function recognise(path: string, settings: UnpackSettings): Promise<Compression | 'none'> {
  const found = sniffCompression(await headOf(path))
  const declared = settings.compression
  if (declared !== undefined && found !== declared)
    throw unreadable(settings.file, `it is declared as ${declared} but is ${found ?? 'not packed'}`)
  if (found === undefined) return 'none'
  if (found === 'gzip' || found === 'zstd' || found === 'zip') return found
  throw unreadable(settings.file, `it is packed with ${found}; use gzip, zstd or zip`)
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const head = Buffer.alloc(MAGIC_BYTES)
    const { bytesRead } = await file.read(head, 0, MAGIC_BYTES, 0)
    return head.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Damage in the data is the file's fault; a failing disk or an abort is not. */
function asUnreadable(error: unknown, file: string): unknown {
  const isOurs = !(error instanceof Error) || error.name === 'AbortError' || 'syscall' in error
  if (isOurs) return error instanceof Error && 'syscall' in error ? diskError(error) : error
  return toCauceError(error, { code: 'FILE_UNREADABLE', details: { file, detail: error.message } })
}

function diskError(error: Error): Error {
  const classified = toCauceError(error, { code: 'FILE_UNREADABLE', details: {} })
  return classified.code === 'DISK_FULL' ? classified : error
}

function unreadable(file: string, detail: string): CauceError {
  return new CauceError('FILE_UNREADABLE', { file, detail })
}
