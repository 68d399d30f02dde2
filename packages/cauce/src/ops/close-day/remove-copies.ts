import { rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { failpoint } from '../../model/failpoint.ts'
import { copiesInUse, type DayItem } from '../../ledger/day-items.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import type { DayManifest } from '../../model/day-manifest.ts'
import { flush } from './durable-file.ts'
import { isMissing } from '../../perform/file-identity.ts'

export interface RemoveCopiesRequest {
  /** Folder of backups. */
  readonly folder: string
  /** Of an archive that is in its place and that the ledger points to. */
  readonly manifest: DayManifest
  /** The day's items as they were before the ledger pointed to it. */
  readonly items: readonly DayItem[]
  /** Nobody adds copies to the day's folder any more. */
  readonly isOver: boolean
}

/**
 * Removes the single copies of files that an archive holds, but for those that some item of any pipeline still names as its
 * backup. Only files of ours by name (`YYYYMMDD/<sha256>` in the folder of backups) are ever touched.
 */
export async function removeCopies(
  ledger: Ledger,
  { folder, manifest, items, isOver }: RemoveCopiesRequest,
): Promise<void> {
  const there = await existingCopies(folder, manifest, items)
  if (there.length === 0 && !isOver) return
  const folders = [...new Set(there.map((path) => dirname(path)))]
  for (const dayFolder of folders) {
    const inUse = await copiesInUse(ledger, dayFolder)
    const free = there.filter((path) => dirname(path) === dayFolder && !inUse.has(path))
    for (const [index, path] of free.entries()) {
      if (index === Math.floor(free.length / 2)) failpoint('close:half-removed')
      await rm(path, { force: true })
    }
    if (free.length > 0) await flush(dayFolder)
  }
  // A worker may be about to put a copy into the folder of a day that lasts.
  if (isOver) await removeEmpty(join(folder, manifest.day.replaceAll('-', '')))
}

/** Copies lie in the folder of the day's name, or where an item said. */
async function existingCopies(
  folder: string,
  manifest: DayManifest,
  items: readonly DayItem[],
): Promise<readonly string[]> {
  const held = new Set(manifest.items.flatMap(({ file, sha256 }) => (file === null ? [] : (sha256 ?? []))))
  const named = items.flatMap(({ backup }) => backup ?? [])
  const usual = [...held].map((sha256) => join(folder, manifest.day.replaceAll('-', ''), sha256))
  const paths = new Set([...named, ...usual].map((path) => resolve(path)))
  const there: string[] = []
  for (const path of paths) {
    const isOurs = isCopyPath(folder, path) && held.has(basename(path))
    if (isOurs && (await exists(path))) there.push(path)
  }
  return there
}

/** Whether a path is that of a single copy of ours. */
function isCopyPath(folder: string, path: string): boolean {
  const day = dirname(path)
  return (
    dirname(day) === resolve(folder) && /^\d{8}$/.test(basename(day)) && /^[0-9a-f]{64}$/.test(basename(path))
  )
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (!isMissing(error) && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  })
}
