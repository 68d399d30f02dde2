import { rm, rmdir } from 'node:fs/promises'

/** A file that goes, or the whole folder of an item in quarantine. */
export interface Removal {
  readonly kind: 'log' | 'backup' | 'rejects' | 'quarantine'
  readonly path: string
  readonly bytes: number
}

/** A file that is old enough and stays. */
export interface Spared {
  readonly path: string
  /** Something of it is not settled; or the system did not let us. */
  readonly reason: 'unsettled' | 'refused'
}

/** What was found to be old. */
export interface Found {
  readonly removable: readonly Removal[]
  readonly spared: readonly Spared[]
  /** Folders that go with the last file in them. */
  readonly folders: readonly string[]
}

/** Removes what was found; what the system does not let us remove is spared, and tried again the next time. */
export async function removeAll(
  found: readonly Found[],
  isDryRun: boolean,
): Promise<{ readonly removed: readonly Removal[]; readonly spared: readonly Spared[] }> {
  const spared = found.flatMap((some) => [...some.spared])
  const removable = found.flatMap((some) => [...some.removable])
  if (isDryRun) return { removed: removable, spared }
  const removed: Removal[] = []
  for (const one of removable)
    try {
      await rm(one.path, { force: true })
      removed.push(one)
    } catch {
      spared.push({ path: one.path, reason: 'refused' })
    }
  // A folder with anything else in it is not empty, and stays.
  for (const folder of found.flatMap(({ folders }) => folders)) await rmdir(folder).catch(() => undefined)
  return { removed, spared }
}
