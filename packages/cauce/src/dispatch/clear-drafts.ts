import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeDrafts } from '../perform/remove-drafts.ts'
import type { ProjectHome } from './project-home.ts'

const REJECTS = /^[0-9a-f]{64}\.parquet$/
const REPLAYS = /^replay-\d+-[0-9a-f]{20}\.csv$/
const BACKUPS = /^[0-9a-f]{64}$/
const DAY = /^\d{8}$/

/** Removes what a kill left of rejects, replays and backups that were being written: nobody will ever finish them. */
export async function clearDrafts(
  home: Pick<ProjectHome, 'rejects' | 'replays'>,
  backupFolder: string | undefined,
  nowMs: number,
): Promise<void> {
  await removeDrafts(home.rejects, REJECTS, nowMs)
  await removeDrafts(home.replays, REPLAYS, nowMs)
  if (backupFolder === undefined) return
  for (const day of await readdir(backupFolder).catch(() => []))
    if (DAY.test(day)) await removeDrafts(join(backupFolder, day), BACKUPS, nowMs)
}
