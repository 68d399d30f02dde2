import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Scene, SourceSystem, Store } from './source-scene.ts'

/** A folder on this machine's disk, so that the tests can do there whatever a disk can. */
export interface FolderStore extends Store {
  readonly path: string
}

export type FolderScene = Scene<FolderStore>

export interface FolderSystem extends SourceSystem<FolderStore> {
  /** The finest difference of times it shows. */
  timeUnitMs: number
  /** Does work as the account the source reads as: permissions on disk do not bind root. */
  asReader<T>(work: () => Promise<T>): Promise<T>
}

/** `handOver` lets the source delete in a folder made below it. */
export function folderStore(
  { path, url }: { readonly path: string; readonly url: string },
  handOver: (path: string) => Promise<void>,
): FolderStore {
  return {
    path,
    url,
    put: async (key, content) => {
      const folder = dirname(join(path, key))
      if ((await mkdir(folder, { recursive: true })) !== undefined) await handOver(folder)
      await writeFile(join(path, key), content)
    },
    remove: async (key) => rm(join(path, key)),
    keys: async () => {
      const entries = await readdir(path, { recursive: true, withFileTypes: true })
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    },
    dispose: async () => rm(path, { recursive: true, force: true }),
  }
}
