import type { Attributes, FileEntry } from 'ssh2'
import { CauceError } from '../../model/cauce-error.ts'
import type { FileFacts, FolderEntry, FolderReader, Target } from '../walk-folder.ts'
import type { SftpConnection } from './connection.ts'
import { isGone, requestError } from './errors.ts'
import type { SftpLocation } from './location.ts'

/** A source's folder on the server, seen through one connection. */
export class SftpFolderReader implements FolderReader {
  readonly displayUrl: string
  readonly #location: SftpLocation
  readonly #connection: SftpConnection

  constructor(location: SftpLocation, connection: SftpConnection) {
    this.displayUrl = location.displayUrl
    this.#location = location
    this.#connection = connection
  }

  /** The path on the server: absolute, or relative to the home folder. */
  pathOf(key: string): string {
    const { folder } = this.#location
    if (key === '') return folder
    return folder === '/' ? `/${key}` : `${folder}/${key}`
  }

  async read(folderKey: string): Promise<readonly FolderEntry[]> {
    const path = this.pathOf(folderKey)
    try {
      const entries = await this.#connection.ask<FileEntry[]>((sftp, answer) => sftp.readdir(path, answer))
      this.#refuseStrangeNames(folderKey, entries)
      return entries.map((entry) => this.#entryOf(entry))
    } catch (error) {
      if (!isGone(error)) throw this.#errorFor(error, folderKey)
      if (folderKey === '') throw await this.#noFolder(path, error)
      this.assertSpellable(folderKey)
      return []
    }
  }

  async look(key: string): Promise<Target | undefined> {
    const path = this.pathOf(key)
    const found = await this.#unlessGone(key, async () =>
      this.#connection.ask<Attributes>((sftp, answer) => sftp.stat(path, answer)),
    )
    if (found === undefined) return undefined
    const kind = kindOf(found, '-')
    return kind === 'file'
      ? { kind, facts: this.factsOf(found) }
      : { kind: kind === 'folder' ? kind : 'other' }
  }

  /** As the server tells it; OpenSSH resolves every link. */
  async realPath(key: string): Promise<string | undefined> {
    const path = this.pathOf(key)
    return this.#unlessGone(key, async () =>
      this.#connection.ask<string>((sftp, answer) => sftp.realpath(path, answer)),
    )
  }

  /** @throws {CauceError} CONFIG_INVALID for a server that does not tell size and time */
  factsOf({ size, mtime }: Partial<Attributes>): FileFacts {
    if (size === undefined || mtime === undefined)
      throw new CauceError('CONFIG_INVALID', {
        where: `source ${this.displayUrl}`,
        detail: 'the server does not tell the size and time of files, without which changes cannot be seen',
      })
    return { sizeBytes: size, modifiedMs: mtime * 1_000 }
  }

  /**
   * Names are bytes; the driver makes UTF-8 of them, and a name in another encoding comes out with replacement characters
   * under which the server does not know it. Called when a listed name is not found.
   * @throws {CauceError} FILE_UNREADABLE
   */
  assertSpellable(key: string): void {
    if (!key.includes('�')) return
    const detail = 'its name on the server is not valid UTF-8, so it cannot be asked for; rename it there'
    throw new CauceError('FILE_UNREADABLE', { file: key, detail })
  }

  #entryOf({ filename: name, longname, attrs }: FileEntry): FolderEntry {
    const kind = kindOf(attrs, longname)
    return kind === 'file' ? { name, kind, facts: this.factsOf(attrs) } : { name, kind }
  }

  #refuseStrangeNames(folderKey: string, entries: readonly FileEntry[]): void {
    const seen = new Set<string>()
    for (const { filename } of entries) {
      const file = folderKey === '' ? filename : `${folderKey}/${filename}`
      if (filename === '' || filename.includes('/'))
        throw new CauceError('FILE_UNREADABLE', {
          file,
          detail: 'the server lists it with a name that cannot be one',
        })
      if (seen.has(filename)) {
        const detail =
          'two names on the server look like this because they are not valid UTF-8; rename them there'
        throw new CauceError('FILE_UNREADABLE', { file, detail })
      }
      seen.add(filename)
    }
  }

  /** OpenSSH says "no such file" also of a file that is asked for as a folder. */
  async #noFolder(path: string, cause: unknown): Promise<CauceError> {
    try {
      await this.#connection.ask<Attributes>((sftp, answer) => sftp.stat(path, answer))
    } catch (error) {
      if (isGone(error)) return new CauceError('SOURCE_MISSING', { url: this.displayUrl }, { cause })
      return this.#errorFor(error, '')
    }
    return new CauceError('CONFIG_INVALID', { where: `source ${this.displayUrl}`, detail: 'is not a folder' })
  }

  async #unlessGone<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (isGone(error)) return undefined
      throw this.#errorFor(error, key)
    }
  }

  #errorFor(error: unknown, key: string): CauceError {
    return requestError(error, this.#location, key === '' ? 'the folder' : JSON.stringify(key))
  }
}

/** The type bits of a mode; a server that gives none may still give the first letter of an `ls -l` line. */
function kindOf({ mode }: Partial<Attributes>, longname: string): 'file' | 'folder' | 'link' | 'other' {
  const type = mode === undefined ? longname[0] : (mode & 0o170000) >> 12
  if (type === 0o10 || type === '-') return 'file'
  if (type === 0o04 || type === 'd') return 'folder'
  return type === 0o12 || type === 'l' ? 'link' : 'other'
}
