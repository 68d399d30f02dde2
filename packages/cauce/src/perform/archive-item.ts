import { failpoint } from '../model/failpoint.ts'
import type { Source } from '../connectors/source.ts'
import { backUp } from './back-up.ts'
import type { Extracted } from './extract.ts'
import { sourceSeat } from './seat.ts'
import type { Stagehand } from './stagehand.ts'
import type { ItemTask } from './task.ts'

interface Archived {
  readonly backup: string | undefined
  readonly sourceDeletedMs: number | undefined
}

/** Keeps a verified copy of the original, then, if asked, deletes it at the source: in this order, so that a crash loses nothing. */
export async function archiveItem(
  task: ItemTask,
  hand: Stagehand,
  {
    source,
    original,
    deletes,
  }: { readonly source: Source; readonly original: Extracted; readonly deletes: boolean },
): Promise<Archived> {
  failpoint('archive:before-backup')
  const backup = await copyAside(task, original)
  failpoint('archive:after-backup')
  if (!deletes) return { backup, sourceDeletedMs: undefined }
  const seat = sourceSeat(task.plan, source)
  await hand.seated({ seat, rest: () => source.close() }, () => source.delete(task.item.entry))
  failpoint('archive:after-delete')
  return { backup, sourceDeletedMs: hand.clock.now() }
}

async function copyAside(
  { settings, referenceDate, item }: ItemTask,
  { path, sha256 }: Extracted,
): Promise<string | undefined> {
  const folder = settings.backupFolder
  return folder === undefined
    ? undefined
    : backUp({ path, sha256, folder, day: referenceDate, file: item.entry.key })
}
