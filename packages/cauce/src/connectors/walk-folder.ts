import { CauceError } from '../model/cauce-error.ts'
import { compileGlob, type Glob } from './compile-glob.ts'
import type { SourceEntry } from './source.ts'

/** What is known of a regular file. Size in bytes, time in milliseconds since 1970 UTC. */
export interface FileFacts {
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/** What a name stands for, before any link is followed. */
export type FolderEntry =
  | { readonly name: string; readonly kind: 'file'; readonly facts: FileFacts | undefined }
  | { readonly name: string; readonly kind: 'folder' | 'link' | 'other' }

/** What a key stands for once links are followed. */
export type Target =
  | { readonly kind: 'file'; readonly facts: FileFacts }
  | { readonly kind: 'folder' | 'other' }

/** How one system shows its folders. Keys are relative to the source's folder, which is `''` itself. */
export interface FolderReader {
  /** The source for people. */
  readonly displayUrl: string
  /** What lies directly in a folder. One below the source's own that is gone meanwhile is empty. */
  read(folderKey: string): Promise<readonly FolderEntry[]>
  /** What the key stands for; undefined when it is gone or a link that leads nowhere. */
  look(key: string): Promise<Target | undefined>
  /** Where the key really lies: an absolute path free of links; undefined when it is gone. */
  realPath(key: string): Promise<string | undefined>
}

/**
 * Lists every regular file whose key fits the pattern, in key order (by UTF-16 code units).
 *
 * Links are followed only when they stay inside the source's folder, and a link to a folder only when it does not lead
 * back to one it lies in. Folders that can hold nothing that fits are not looked into, so a pattern without `/` and `**`
 * reads one folder.
 *
 * @throws {CauceError} whatever the reader throws; CONFIG_INVALID for the pattern or a maze of links.
 */
export async function walkFolder(
  pattern: string,
  reader: FolderReader,
  signal: AbortSignal,
): Promise<readonly SourceEntry[]> {
  const walk = new Walk(compileGlob(pattern), reader, signal)
  return walk.run()
}

/** Whether a real path lies below a real folder. */
export function liesInside(realFolder: string, realPath: string): boolean {
  return realPath.startsWith(realFolder.endsWith('/') ? realFolder : `${realFolder}/`)
}

interface Folder {
  readonly key: string
  /** Keys of the folders it was reached through, the source's own first. */
  readonly above: readonly string[]
}

/** Links can be laid so that the paths through them outnumber any patience; a genuine tree stays far below this. */
const MAX_FOLDERS = 100_000
const LOOKS_AT_ONCE = 64

class Walk {
  readonly #glob: Glob
  readonly #reader: FolderReader
  readonly #signal: AbortSignal
  readonly #found: SourceEntry[] = []
  readonly #folders: Folder[] = [{ key: '', above: [] }]

  constructor(glob: Glob, reader: FolderReader, signal: AbortSignal) {
    this.#glob = glob
    this.#reader = reader
    this.#signal = signal
  }

  async run(): Promise<readonly SourceEntry[]> {
    for (let count = 1; ; count++) {
      const folder = this.#folders.pop()
      if (folder === undefined) break
      if (count > MAX_FOLDERS)
        throw new CauceError('CONFIG_INVALID', {
          where: this.#reader.displayUrl,
          detail: `has over ${MAX_FOLDERS} folders to look into; narrow the file pattern or remove links between folders`,
        })
      this.#signal.throwIfAborted()
      await this.#visit(folder)
    }
    return this.#found.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  }

  async #visit(folder: Folder): Promise<void> {
    const lookUp: string[] = []
    for (const entry of await this.#reader.read(folder.key)) {
      const key = folder.key === '' ? entry.name : `${folder.key}/${entry.name}`
      if (entry.kind === 'file' && this.#glob.matches(key)) {
        if (entry.facts === undefined) lookUp.push(key)
        else this.#found.push({ key, ...entry.facts })
      } else if (entry.kind === 'folder') this.#enter(key, folder)
      else if (entry.kind === 'link') await this.#follow(key, folder)
    }
    for (let at = 0; at < lookUp.length; at += LOOKS_AT_ONCE) {
      this.#signal.throwIfAborted()
      await Promise.all(lookUp.slice(at, at + LOOKS_AT_ONCE).map(async (key) => this.#addFile(key)))
    }
  }

  async #addFile(key: string): Promise<void> {
    const target = await this.#reader.look(key)
    if (target?.kind === 'file') this.#found.push({ key, ...target.facts })
  }

  #enter(key: string, parent: Folder): void {
    if (this.#glob.mayHold(key)) this.#folders.push({ key, above: [...parent.above, parent.key] })
  }

  /** A link to where we may not go does not stay inside: what lies inside and is closed to us is met under its own name. */
  async #reachable(key: string): Promise<string | undefined> {
    try {
      return await this.#reader.realPath(key)
    } catch (error) {
      if (error instanceof CauceError && error.code === 'SOURCE_ACCESS') return undefined
      throw error
    }
  }

  async #follow(key: string, parent: Folder): Promise<void> {
    const fits = this.#glob.matches(key)
    if (!fits && !this.#glob.mayHold(key)) return
    this.#signal.throwIfAborted()
    const [sourceFolder, real] = await Promise.all([this.#reader.realPath(''), this.#reachable(key)])
    if (sourceFolder === undefined || real === undefined || !liesInside(sourceFolder, real)) return
    const target = await this.#reader.look(key)
    if (target?.kind === 'file' && fits) this.#found.push({ key, ...target.facts })
    if (target?.kind !== 'folder') return
    const above = await Promise.all(
      [...parent.above, parent.key].map(async (one) => this.#reader.realPath(one)),
    )
    if (!above.includes(real)) this.#enter(key, parent)
  }
}
