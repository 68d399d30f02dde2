import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { toCauceError } from '../../model/to-cauce-error.ts'
import type { DayItem } from '../../ledger/day-items.ts'
import type { Absence } from '../../model/day-manifest.ts'
import { isMissing } from '../../perform/file-identity.ts'
import { isArchivePath } from '../../perform/open-archive.ts'
import { hashFile } from './durable-file.ts'

/** Where the bytes of an item lie outside of the archive of its day, or why they do not. */
export type FoundCopy =
  | { readonly kind: 'copy'; readonly path: string }
  | { readonly kind: 'absent'; readonly why: Absence; readonly detail: string }

export interface CopySearch {
  /** Folder of files put aside. */
  readonly quarantine: string
  /** Reads every copy, because one turned out not to be what was read. */
  readonly reads: boolean
}

/** The archive of a day (yyyy-MM-dd), in the folder of backups. */
export function archivePath(folder: string, day: string): string {
  return join(folder, `backup_${day.replaceAll('-', '')}.zip`)
}

/**
 * Finds the verified copy of an item's file, else the file that was put aside with its story in quarantine. What was read of it
 * (its hash) is all that counts; names that came with it are never looked for.
 */
export async function findCopy(
  item: DayItem,
  { quarantine: asideFolder, reads }: CopySearch,
): Promise<FoundCopy> {
  const { backup, quarantine, sha256, state } = item
  if (sha256 === null) return { kind: 'absent', why: 'not_read', detail: '' }
  if (backup !== null && isArchivePath(backup)) return { kind: 'absent', why: 'other_day', detail: backup }
  const isThere = backup !== null && (await isFile(backup))
  if (isThere && !(reads && (await hashFile(backup)) !== sha256)) return { kind: 'copy', path: backup }
  if (quarantine !== null) {
    const path = await fileOfHash(resolve(asideFolder, quarantine), item)
    if (path !== undefined) return { kind: 'copy', path }
  }
  if (backup === null)
    return { kind: 'absent', why: state === 'duplicate' ? 'duplicate' : 'not_kept', detail: '' }
  if (isThere) return { kind: 'absent', why: 'damaged', detail: backup }
  const archived = archiveOfCopy(backup)
  return archived !== undefined && (await isFile(archived))
    ? { kind: 'absent', why: 'other_day', detail: archived }
    : { kind: 'absent', why: 'missing', detail: backup }
}

/** A copy lies in the folder of its day, and goes to that day's archive. */
function archiveOfCopy(path: string): string | undefined {
  const day = basename(dirname(path))
  return /^\d{8}$/.test(day) ? join(dirname(dirname(path)), `backup_${day}.zip`) : undefined
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch (error) {
    if (isMissing(error)) return false
    throw toCauceError(error, { code: 'BACKUP_FAILED', details: { file: path } })
  }
}

/** The file of these bytes directly in a folder, whatever it is called. */
async function fileOfHash(folder: string, { sha256, sizeBytes }: DayItem): Promise<string | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw toCauceError(error, { code: 'BACKUP_FAILED', details: { file: folder } })
  })
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(folder, entry.name)
    if ((await stat(path)).size === sizeBytes && (await hashFile(path)) === sha256) return path
  }
  return undefined
}
