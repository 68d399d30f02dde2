import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectHome } from '../../dispatch/project-home.ts'
import { itemOfFolder, quarantineFolders, removeFolder } from '../../dispatch/quarantine-folder.ts'
import { readStory } from '../../dispatch/quarantine-story.ts'
import { findItem } from '../../ledger/find-item.ts'
import { forgetQuarantine } from '../../ledger/forget-quarantine.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import { UNSETTLED_STATES } from '../../ledger/unsettled.ts'
import type { Limit } from './apply-retention.ts'
import type { Removal, Spared } from './removal.ts'

interface QuarantineKept {
  readonly ledger: Ledger
  readonly home: Pick<ProjectHome, 'quarantine'>
  readonly pipeline: string
  readonly isDryRun: boolean
}

/**
 * Removes quarantine folders of a pipeline's items that were settled otherwise (loaded, discarded, superseded) before a limit. The
 * ledger decides, in the statement that forgets the folder: one that was released a moment ago keeps it.
 * @throws {CauceError} LEDGER_FAILED; folders that cannot be removed are in `spared`
 */
export async function removeOldQuarantine(
  { ledger, home, pipeline, isDryRun }: QuarantineKept,
  { beforeMs }: Limit,
): Promise<{ readonly removed: readonly Removal[]; readonly spared: readonly Spared[] }> {
  const removed: Removal[] = []
  const spared: Spared[] = []
  for (const name of await quarantineFolders(home).catch(() => [])) {
    const path = join(home.quarantine, name)
    const item = await findItem(ledger, { id: itemOfFolder(name) ?? 0 })
    if (item?.pipeline !== pipeline || item.updatedMs >= beforeMs || !(await isOf(path, item))) continue
    const bytes = await bytesIn(path)
    if (UNSETTLED_STATES.includes(item.state)) spared.push({ path, reason: 'unsettled' })
    else if (isDryRun) removed.push({ kind: 'quarantine', path, bytes })
    else if (await forgetQuarantine(ledger, { id: item.id, beforeMs }))
      await removeFolder(home, path).then(
        () => removed.push({ kind: 'quarantine', path, bytes }),
        () => spared.push({ path, reason: 'refused' }),
      )
  }
  return { removed, spared }
}

/** Numbers begin anew in a new ledger: the folder of an item of an older one stays. */
async function isOf(path: string, { key, version }: ItemRow): Promise<boolean> {
  const story = await readStory(path)
  return story?.key === key && story.version === version
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder).catch(() => []))
    bytes += await lstat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    )
  return bytes
}
