import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Source, SourceEntry } from '../../packages/cauce/src/connectors/source.ts'

/** A system under test whose folders lie on this machine's disk, so that the tests can change what it shows. */
export interface SourceSystem {
  /** A fresh folder in which the source may read and delete; its tests put files there. */
  createFolder(): Promise<{ readonly path: string; readonly url: string }>
  /** Lets the source delete in a folder the test made below it. */
  handOver(path: string): Promise<void>
  open(url: string): Promise<Source>
  /** The finest difference of times it shows. */
  timeUnitMs: number
  /** Does work as the account the source reads as: permissions on disk do not bind root. */
  asReader<T>(work: () => Promise<T>): Promise<T>
  /** A fresh folder with these files in which the source may not delete, or why there can be none here. */
  closedFolder: { make(files: Readonly<Record<string, string>>): Promise<ClosedFolder> } | { missing: string }
}

export interface ClosedFolder extends AsyncDisposable {
  readonly url: string
}

/** One open source on a fresh folder, and a spool. */
export interface Scene {
  readonly path: string
  readonly url: string
  readonly source: Source
  readonly spool: string
  readonly put: (key: string, content: string | Buffer) => Promise<string>
  readonly fetch: (
    entry: SourceEntry,
    options?: FetchOptions,
  ) => Promise<{ sizeBytes: number; sha256: string; text: () => Promise<string> }>
  readonly entryOf: (key: string) => Promise<SourceEntry>
}

interface FetchOptions {
  readonly onBytes?: (arrivedBytes: number) => void
  readonly signal?: AbortSignal
}

export const quiet = new AbortController().signal

/** Opens a source on a fresh folder. */
export async function setScene(system: SourceSystem): Promise<Scene> {
  const { path, url } = await system.createFolder()
  const source = await system.open(url)
  const spool = await mkdtemp(join(tmpdir(), 'cauce-spool-'))
  let count = 0
  return {
    path,
    url,
    source,
    spool,
    put: async (key, content) => {
      const file = join(path, key)
      await writeFile(file, content)
      return file
    },
    fetch: async (entry, { onBytes = () => undefined, signal = quiet } = {}) => {
      const toPath = join(spool, `part-${(count += 1)}`)
      const fetched = await source.fetch({ entry, toPath, onBytes, signal })
      return { ...fetched, text: async () => readFile(toPath, 'utf8') }
    },
    entryOf: async (key) => {
      const entry = await source.stat(key)
      if (entry === undefined) throw new Error(`${key} is not there`)
      return entry
    },
  }
}
