import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Source, SourceEntry } from '../../packages/cauce/src/connectors/source.ts'

/** What a source shows, changed behind its back. */
export interface Store {
  /** Opens as a source that may read and delete. */
  readonly url: string
  /** Writes a file or object, in place of an earlier one, with the folders it needs. */
  put(key: string, content: string | Buffer): Promise<void>
  remove(key: string): Promise<void>
  /** Of all files, in no order. */
  keys(): Promise<string[]>
  dispose(): Promise<void>
}

/** A system under test. */
export interface SourceSystem<Place extends Store = Store> {
  /** A fresh and empty one. */
  createStore(): Promise<Place>
  open(url: string): Promise<Source>
  /** More than its listings hold in one answer; each has to be written first. */
  manyFiles: number
  /** A fresh one with these files, in which the source may read but not delete; or why there can be none here. */
  closedStore: { make(files: Readonly<Record<string, string>>): Promise<ClosedStore> } | { missing: string }
}

export interface ClosedStore extends AsyncDisposable {
  readonly url: string
}

/** One open source on a fresh store, and a spool. */
export interface Scene<Place extends Store = Store> {
  readonly store: Place
  readonly source: Source
  readonly spool: string
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

/** Opens a source on a fresh store. */
export async function setScene<Place extends Store>(system: SourceSystem<Place>): Promise<Scene<Place>> {
  const store = await system.createStore()
  const source = await system.open(store.url)
  const spool = await mkdtemp(join(tmpdir(), 'cauce-spool-'))
  let count = 0
  return {
    store,
    source,
    spool,
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
