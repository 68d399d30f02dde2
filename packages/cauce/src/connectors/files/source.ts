import { constants, statSync, unlinkSync, type BigIntStats } from 'node:fs'
import { access, open, readdir, realpath, stat, statfs, type FileHandle } from 'node:fs/promises'
import { CauceError } from '../../model/cauce-error.ts'
import type { Fetched, FetchRequest, OpenSource, Source, SourceCapabilities, SourceEntry } from '../source.ts'
import { SpoolFile } from '../spool-file.ts'
import { liesInside, walkFolder, type FolderEntry, type FolderReader, type Target } from '../walk-folder.ts'
import { deleteError, isGone, messageOf, readError, systemCode } from './errors.ts'
import { filesLocation } from './location.ts'
import { bytesOfKey, keyOfName } from './name-bytes.ts'

/** Opens a folder of this machine as a source: an absolute path or a `file:` URL. */
export const openFilesSource: OpenSource = async (url) => {
  const folder = filesLocation(url)
  const sharesOurClock = await isOnThisMachine(folder)
  return new FilesSource(folder, {
    sharesOurClock,
    boundToHost: true,
    appearsWhole: false,
    connectionsPerPerformer: 0,
  })
}

const PIECE_BYTES = 1024 * 1024

class FilesSource implements Source, FolderReader {
  readonly capabilities: SourceCapabilities
  readonly displayUrl: string

  constructor(folder: string, capabilities: SourceCapabilities) {
    this.displayUrl = folder
    this.capabilities = capabilities
  }

  async list(pattern: string, signal: AbortSignal): Promise<readonly SourceEntry[]> {
    return walkFolder(pattern, this, signal)
  }

  async *listPages(pattern: string, signal: AbortSignal): AsyncGenerator<readonly SourceEntry[]> {
    yield await this.list(pattern, signal)
  }

  async stat(key: string): Promise<SourceEntry | undefined> {
    const [sourceFolder, real] = await Promise.all([this.realPath(''), this.realPath(key)])
    if (sourceFolder === undefined || real === undefined || !liesInside(sourceFolder, real)) return undefined
    const target = await this.look(key)
    return target?.kind === 'file' ? { key, ...target.facts } : undefined
  }

  async fetch({ entry, toPath, onBytes, signal }: FetchRequest): Promise<Fetched> {
    signal.throwIfAborted()
    const file = await this.#openInside(entry.key)
    try {
      const spool = await SpoolFile.open(toPath)
      try {
        const before = await this.#present(entry.key, async () => file.stat({ bigint: true }))
        refuseChanged(entry, otherVersion(entry, before))
        await this.#copy(entry, file, spool, onBytes, signal)
        const after = await this.#present(entry.key, async () => file.stat({ bigint: true }))
        const named = await this.#present(entry.key, async () =>
          stat(this.#path(entry.key), { bigint: true }),
        )
        refuseChanged(entry, differenceOf(before, after) ?? differenceOf(after, named))
        return await spool.finish()
      } catch (error) {
        await spool.discard()
        throw error
      }
    } finally {
      await file.close()
    }
  }

  /**
   * Asks whether the folder of the file lets us remove names: write and search permission, a file system that is not
   * read-only, and in a folder with the sticky bit (like /tmp) that the file or the folder is ours.
   */
  async assertDeletable(key: string): Promise<void> {
    const refused = (detail: string, cause?: unknown): CauceError =>
      new CauceError('SOURCE_NOT_DELETABLE', { file: key || this.displayUrl, detail }, { cause })
    const folder = this.#path(parentOf(key))
    try {
      await access(folder, constants.W_OK | constants.X_OK)
      const { mode, uid } = await stat(folder)
      const us = process.geteuid?.()
      if (key === '' || (mode & 0o1000) === 0 || us === undefined || us === 0 || us === uid) return
      const file = await stat(this.#path(key))
      if (file.uid !== us)
        throw refused('the folder lets only owners remove files (sticky bit), and the file is not ours')
    } catch (error) {
      if (error instanceof CauceError) throw error
      if (isGone(error)) throw new CauceError('SOURCE_MISSING', { url: this.displayUrl }, { cause: error })
      throw refused(`the folder ${this.displayUrl} cannot be written to (${messageOf(error)})`, error)
    }
  }

  async delete(entry: SourceEntry): Promise<void> {
    const sourceFolder = await this.realPath('')
    if (sourceFolder === undefined) throw new CauceError('SOURCE_MISSING', { url: this.displayUrl })
    const [parent, real] = await Promise.all([this.realPath(parentOf(entry.key)), this.realPath(entry.key)])
    if (parent === undefined || real === undefined) return
    // Neither what is removed nor what it stands for may lie elsewhere.
    const isInside = parent === sourceFolder || liesInside(sourceFolder, parent)
    if (!isInside || !liesInside(sourceFolder, real)) throw leadsOut(entry.key)
    const path = this.#path(entry.key)
    try {
      // Look and remove without giving way in between: whatever replaces the file then would be lost unread.
      refuseChanged(entry, otherVersion(entry, statSync(path, { bigint: true })))
      unlinkSync(path)
    } catch (error) {
      if (error instanceof CauceError) throw error
      if (!isGone(error)) throw deleteError(error, entry.key)
    }
  }

  async close(): Promise<void> {}

  async read(folderKey: string): Promise<readonly FolderEntry[]> {
    try {
      const entries = await readdir(this.#path(folderKey), { withFileTypes: true, encoding: 'buffer' })
      return entries.map((entry): FolderEntry => {
        const name = keyOfName(entry.name)
        if (entry.isFile()) return { name, kind: 'file', facts: undefined }
        if (entry.isDirectory()) return { name, kind: 'folder' }
        return { name, kind: entry.isSymbolicLink() ? 'link' : 'other' }
      })
    } catch (error) {
      if (!isGone(error)) throw this.#readError(error, folderKey)
      if (folderKey !== '') return []
      if (systemCode(error) === 'ENOENT')
        throw new CauceError('SOURCE_MISSING', { url: this.displayUrl }, { cause: error })
      throw new CauceError('CONFIG_INVALID', {
        where: `source ${this.displayUrl}`,
        detail: 'is not a folder',
      })
    }
  }

  async look(key: string): Promise<Target | undefined> {
    const found = await this.#unlessGone(key, async () => stat(this.#path(key), { bigint: true }))
    if (found === undefined) return undefined
    if (found.isFile()) return { kind: 'file', facts: factsOf(found) }
    return { kind: found.isDirectory() ? 'folder' : 'other' }
  }

  /** In `latin1`, one character for each byte, so that paths that are not text still compare. */
  async realPath(key: string): Promise<string | undefined> {
    const found = await this.#unlessGone(key, async () => realpath(this.#path(key), { encoding: 'buffer' }))
    return found?.toString('latin1')
  }

  #path(key: string): Buffer {
    const folder = Buffer.from(this.displayUrl)
    return key === '' ? folder : Buffer.concat([folder, Buffer.from('/'), bytesOfKey(key)])
  }

  async #unlessGone<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      // ELOOP: links that lead to each other lead nowhere.
      if (isGone(error) || systemCode(error) === 'ELOOP') return undefined
      throw this.#readError(error, key)
    }
  }

  /** Work on a file that must be there: one that is gone was changed. */
  async #present<T>(key: string, work: () => Promise<T | undefined>): Promise<T> {
    const result = await this.#unlessGone(key, work)
    if (result === undefined) throw new CauceError('SOURCE_CHANGED', { file: key, detail: 'it is gone' })
    return result
  }

  /** Opens a regular file that really lies in the folder, whatever links were laid since it was listed. */
  async #openInside(key: string): Promise<FileHandle> {
    const sourceFolder = await this.#present(key, async () => this.realPath(''))
    const real = await this.#present(key, async () => this.realPath(key))
    if (!liesInside(sourceFolder, real)) throw leadsOut(key)
    // O_NONBLOCK: opening a pipe that took the file's place must not wait for its writer.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const file = await this.#present(key, async () => open(Buffer.from(real, 'latin1'), flags))
    try {
      const opened = await this.#present(key, async () => file.stat({ bigint: true }))
      if (!opened.isFile())
        throw new CauceError('FILE_UNREADABLE', { file: key, detail: 'it is not a regular file' })
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async #copy(
    entry: SourceEntry,
    file: FileHandle,
    spool: SpoolFile,
    onBytes: (arrivedBytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    // One byte is asked for beyond the known end, so that a growing file is noticed and not followed for ever.
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, entry.sizeBytes + 1))
    for (;;) {
      signal.throwIfAborted()
      const { bytesRead } = await this.#present(entry.key, async () =>
        file.read(piece, 0, piece.length, spool.sizeBytes),
      )
      if (bytesRead === 0) break
      await spool.append(piece.subarray(0, bytesRead))
      refuseChanged(entry, spool.sizeBytes > entry.sizeBytes ? 'it grew' : undefined)
      onBytes(spool.sizeBytes)
    }
    refuseChanged(entry, spool.sizeBytes < entry.sizeBytes ? 'it shrank' : undefined)
  }

  #readError(error: unknown, key: string): CauceError {
    return readError(error, this.displayUrl, key === '' ? 'the folder' : JSON.stringify(key))
  }
}

function parentOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('/')))
}

function factsOf(found: BigIntStats): { readonly sizeBytes: number; readonly modifiedMs: number } {
  return { sizeBytes: Number(found.size), modifiedMs: Number(found.mtimeNs / 1_000_000n) }
}

function refuseChanged(entry: SourceEntry, detail: string | undefined): void {
  if (detail !== undefined) throw new CauceError('SOURCE_CHANGED', { file: entry.key, detail })
}

function otherVersion(entry: SourceEntry, found: BigIntStats): string | undefined {
  const { sizeBytes, modifiedMs } = factsOf(found)
  if (sizeBytes !== entry.sizeBytes) return `it had ${entry.sizeBytes} bytes and has ${sizeBytes}`
  return modifiedMs === entry.modifiedMs ? undefined : 'it was written to since it was listed'
}

/** What tells two looks at a file apart; ctime also sees a rewrite that put the time of modification back. */
function differenceOf(before: BigIntStats, after: BigIntStats): string | undefined {
  if (before.dev !== after.dev || before.ino !== after.ino) return 'another file took its place'
  if (before.size !== after.size) return `it had ${before.size} bytes and has ${after.size}`
  return before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs
    ? undefined
    : 'it was written to'
}

function leadsOut(key: string): CauceError {
  return new CauceError('FILE_UNREADABLE', {
    file: key,
    detail: 'it is a link that leads out of the source folder',
  })
}

/** statfs types of file systems whose times come from another machine: NFS, SMB, CIFS, SMB2, AFS, Ceph, FUSE, 9P. */
const REMOTE_FILE_SYSTEMS = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x00c36400, 0x65735546, 0x01021997,
])

async function isOnThisMachine(folder: string): Promise<boolean> {
  try {
    const { type } = await statfs(folder)
    return !REMOTE_FILE_SYSTEMS.has(type >>> 0)
  } catch {
    // Not there, or not for us to see: the first call that needs it says so.
    return false
  }
}
