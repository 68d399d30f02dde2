import { createHash } from 'node:crypto'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { CauceError } from '../model/cauce-error.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import type { Fetched } from './source.ts'

/**
 * A file of ours that a source's bytes are written to, in order, and hashed on the way. `sizeBytes` is how far it got:
 * everything before is written and in the hash, so a broken transfer may go on from there.
 */
export class SpoolFile {
  readonly #path: string
  readonly #file: FileHandle
  readonly #hash = createHash('sha256')
  #sizeBytes = 0

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** Creates the file, or empties the one an earlier try left. @throws {CauceError} DISK_FULL, SPOOL_FAILED */
  static async open(path: string): Promise<SpoolFile> {
    return new SpoolFile(path, await guarded(path, async () => open(path, 'w', 0o600)))
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** @throws {CauceError} DISK_FULL, SPOOL_FAILED */
  async append(bytes: Uint8Array): Promise<void> {
    await guarded(this.#path, async () => {
      for (let written = 0; written < bytes.length;) {
        const position = this.#sizeBytes + written
        const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, position)
        written += bytesWritten
      }
    })
    this.#hash.update(bytes)
    this.#sizeBytes += bytes.length
  }

  /** Forces the bytes to the disk and closes. @throws {CauceError} DISK_FULL, SPOOL_FAILED */
  async finish(): Promise<Fetched> {
    await guarded(this.#path, async () => {
      await this.#file.sync()
      await this.#file.close()
    })
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest('hex') }
  }

  /** Closes and removes it: half a file is of no use, and its room may be needed. */
  async discard(): Promise<void> {
    // The error that led here matters more than one from tidying up; the attempt's folder is removed anyway.
    await this.#file.close().catch(() => undefined)
    await rm(this.#path, { force: true }).catch(() => undefined)
  }
}

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new CauceError('DISK_FULL', { path }, { cause: error })
    throw toCauceError(error, { code: 'SPOOL_FAILED', details: { path } })
  }
}
