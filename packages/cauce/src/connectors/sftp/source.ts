import { homedir } from 'node:os'
import type { Attributes } from 'ssh2'
import { CauceError } from '../../model/cauce-error.ts'
import { systemClock, type Clock } from '../../model/clock.ts'
import type { Fetched, FetchRequest, OpenSource, Source, SourceCapabilities, SourceEntry } from '../source.ts'
import { SpoolFile } from '../spool-file.ts'
import { liesInside, walkFolder } from '../walk-folder.ts'
import { connectSftp } from './connect-sftp.ts'
import type { SftpConnection } from './connection.ts'
import { download } from './download.ts'
import { deleteError, isGone, mayTryAgain, requestError } from './errors.ts'
import { SftpFolderReader } from './folder-reader.ts'
import { sftpLocation, type SftpLocation } from './location.ts'
import { systemRandom, tryAgain } from '../try-again.ts'

/** Opens a folder on an SFTP server as a source. Nothing is connected yet. @throws {CauceError} CONFIG_INVALID */
export const openSftpSource: OpenSource = async (url, surroundings = {}) => {
  const { clock = systemClock, random = systemRandom, environment = process.env } = surroundings
  const homeFolder = environment['HOME'] || homedir()
  const location = sftpLocation(url, homeFolder)
  const connect = async (signal: AbortSignal): Promise<SftpConnection> =>
    connectSftp(location, { clock, homeFolder, agent: environment['SSH_AUTH_SOCK'] }, signal)
  return new SftpSource({ location, clock, random, connect })
}

interface SftpSourceParts {
  readonly location: SftpLocation
  readonly clock: Clock
  readonly random: () => number
  readonly connect: (signal: AbortSignal) => Promise<SftpConnection>
}

/** What one call works with. */
interface Session {
  readonly connection: SftpConnection
  readonly folder: SftpFolderReader
}

class SftpSource implements Source {
  readonly capabilities: SourceCapabilities = {
    sharesOurClock: false,
    boundToHost: false,
    appearsWhole: false,
    connectionsPerPerformer: 1,
  }
  readonly displayUrl: string
  readonly #parts: SftpSourceParts
  #session: Promise<Session> | undefined

  constructor(parts: SftpSourceParts) {
    this.#parts = parts
    this.displayUrl = parts.location.displayUrl
  }

  async list(pattern: string, signal: AbortSignal): Promise<readonly SourceEntry[]> {
    return this.#connected(signal, async ({ folder }) => walkFolder(pattern, folder, signal))
  }

  async *listPages(pattern: string, signal: AbortSignal): AsyncGenerator<readonly SourceEntry[]> {
    yield await this.list(pattern, signal)
  }

  async stat(key: string): Promise<SourceEntry | undefined> {
    return this.#connected(NEVER, async ({ folder }) => {
      const [inside, target] = await Promise.all([isInside(folder, key), folder.look(key)])
      if (target === undefined) folder.assertSpellable(key)
      return target?.kind === 'file' && inside ? { key, ...target.facts } : undefined
    })
  }

  async fetch({ entry, toPath, onBytes, signal }: FetchRequest): Promise<Fetched> {
    signal.throwIfAborted()
    const spool = await SpoolFile.open(toPath)
    try {
      await this.#connected(signal, async ({ connection, folder }) => {
        const path = folder.pathOf(entry.key)
        const assertSame = (found: Attributes): void => refuseChanged(entry, folder, found)
        try {
          await assertInside(folder, entry.key)
          await download({ connection, path, entry, spool, onBytes, assertSame })
        } catch (error) {
          if (!isGone(error)) throw requestError(error, this.#parts.location, JSON.stringify(entry.key))
          folder.assertSpellable(entry.key)
          throw new CauceError('SOURCE_CHANGED', { file: entry.key, detail: 'it is gone' }, { cause: error })
        }
      })
      return await spool.finish()
    } catch (error) {
      await spool.discard()
      throw error
    }
  }

  /**
   * Checks what can be known without writing to the source: the folder is there, some write bit of it is set, and, where
   * the server tells (OpenSSH does), its file system is not read-only. Which of the bits count for our account, and rules
   * of the server's own, cannot be seen over SFTP: a `delete` may be refused after this found nothing.
   */
  async assertDeletable(key: string): Promise<void> {
    await this.#connected(NEVER, async ({ connection, folder }) => {
      const refused = (detail: string, cause?: unknown): CauceError =>
        new CauceError('SOURCE_NOT_DELETABLE', { file: key || this.displayUrl, detail }, { cause })
      const path = folder.pathOf(key.slice(0, Math.max(0, key.lastIndexOf('/'))))
      let found: Partial<Attributes>
      try {
        found = await connection.ask<Attributes>((sftp, answer) => sftp.stat(path, answer))
      } catch (error) {
        if (isGone(error)) throw new CauceError('SOURCE_MISSING', { url: this.displayUrl }, { cause: error })
        throw requestError(error, this.#parts.location, 'the folder')
      }
      const { mode } = found
      if (mode !== undefined && (mode & 0o222) === 0 && this.#parts.location.user !== 'root')
        throw refused('nobody may write to its folder on the server')
      if (await isReadOnly(connection, path)) throw refused('the file system on the server is read-only')
    })
  }

  /** Between the last look and the removal lies one round trip, in which a replacement would be lost: SFTP knows no better. */
  async delete(entry: SourceEntry): Promise<void> {
    await this.#connected(NEVER, async ({ connection, folder }) => {
      const path = folder.pathOf(entry.key)
      try {
        await assertInside(folder, entry.key)
        refuseChanged(
          entry,
          folder,
          await connection.ask<Attributes>((sftp, answer) => sftp.stat(path, answer)),
        )
        await connection.ask<void>((sftp, answer) => sftp.unlink(path, answer))
      } catch (error) {
        if (!isGone(error)) throw deleteError(error, this.#parts.location, entry.key)
        folder.assertSpellable(entry.key)
      }
    })
  }

  async close(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    // A connection that was never made needs no goodbye.
    const connection = await session?.then((made) => made.connection).catch(() => undefined)
    await connection?.close()
  }

  /** Works over the open connection or a new one, again when it breaks; stops with the signal's reason when that aborts. */
  async #connected<T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    const { clock, random } = this.#parts
    return tryAgain(
      async () => {
        const session = await this.#openSession(signal)
        const cancel = (): void => session.connection.breakOff('cancelled')
        signal.addEventListener('abort', cancel, { once: true })
        try {
          if (signal.aborted) cancel()
          return await work(session)
        } finally {
          signal.removeEventListener('abort', cancel)
        }
      },
      { clock, random, signal, mayTryAgain },
    )
  }

  async #openSession(signal: AbortSignal): Promise<Session> {
    for (let known = this.#session; known !== undefined; known = this.#session) {
      const session = await known.catch(() => undefined)
      if (session?.connection.isOpen === true) return session
      if (this.#session === known) this.#session = undefined
    }
    // No pause between finding none and setting one: two callers at once share a connection.
    const { location, connect } = this.#parts
    const opening = connect(signal).then((connection) => ({
      connection,
      folder: new SftpFolderReader(location, connection),
    }))
    this.#session = opening
    return opening
  }
}

const NEVER = new AbortController().signal
const READ_ONLY_FLAG = 1

function refuseChanged(entry: SourceEntry, folder: SftpFolderReader, found: Attributes): void {
  const { sizeBytes, modifiedMs } = folder.factsOf(found)
  let detail: string | undefined
  if (sizeBytes !== entry.sizeBytes) detail = `it had ${entry.sizeBytes} bytes and has ${sizeBytes}`
  else if (modifiedMs !== entry.modifiedMs) detail = 'it was written to since it was listed'
  if (detail !== undefined) throw new CauceError('SOURCE_CHANGED', { file: entry.key, detail })
}

async function isInside(folder: SftpFolderReader, key: string): Promise<boolean> {
  const [sourceFolder, real] = await Promise.all([folder.realPath(''), folder.realPath(key)])
  return sourceFolder === undefined || real === undefined || liesInside(sourceFolder, real)
}

/** A link laid since the listing must not lead elsewhere. */
async function assertInside(folder: SftpFolderReader, key: string): Promise<void> {
  if (await isInside(folder, key)) return
  throw new CauceError('FILE_UNREADABLE', {
    file: key,
    detail: 'it is a link that leads out of the source folder',
  })
}

/** Whether the server says so; not every server can. */
async function isReadOnly(connection: SftpConnection, path: string): Promise<boolean> {
  try {
    const found = await connection.ask<{ f_flag?: number }>((sftp, answer) =>
      sftp.ext_openssh_statvfs(path, answer),
    )
    return ((found.f_flag ?? 0) & READ_ONLY_FLAG) !== 0
  } catch (error) {
    if (error instanceof CauceError) throw error
    return false
  }
}
