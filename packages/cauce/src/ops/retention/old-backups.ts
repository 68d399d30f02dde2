import { join } from 'node:path'
import { listDayCloses } from '../../ledger/day-close.ts'
import { copiesOf } from '../../ledger/day-items.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import { isBackupOfUnsettled, UNSETTLED_STATES } from '../../ledger/unsettled.ts'
import type { Limit } from './apply-retention.ts'
import { dayFoldersBefore, filesIn } from './files-in.ts'
import type { Found } from './removal.ts'

interface Backups {
  readonly folder: string
  readonly pipeline: string
}

/**
 * Archives of days before a limit, and single copies of those days: only what the ledger says is this pipeline's backup, and
 * nothing that an unsettled item may still need.
 */
export async function oldBackups(ledger: Ledger, backups: Backups, limit: Limit): Promise<Found> {
  const [archives, copies] = [
    await oldArchives(ledger, backups, limit),
    await oldCopies(ledger, backups, limit),
  ]
  return {
    removable: [...archives.removable, ...copies.removable],
    spared: [...archives.spared, ...copies.spared],
    folders: copies.folders,
  }
}

async function oldArchives(
  ledger: Ledger,
  { folder, pipeline }: Backups,
  { beforeDay }: Limit,
): Promise<Found> {
  const closes = await listDayCloses(ledger, { pipeline, fromDay: '0001-01-01', untilDay: beforeDay })
  const ours = new Set(closes.flatMap(({ backup }) => backup ?? []))
  const removable: Found['removable'][number][] = []
  const spared: Found['spared'][number][] = []
  for (const { path, bytes } of await filesIn(folder, /^backup_\d{8}\.zip$/)) {
    if (!ours.has(path)) continue
    if (await isBackupOfUnsettled(ledger, path)) spared.push({ path, reason: 'unsettled' })
    else removable.push({ kind: 'backup', path, bytes })
  }
  return { removable, spared, folders: [] }
}

async function oldCopies(
  ledger: Ledger,
  { folder, pipeline }: Backups,
  { beforeDay }: Limit,
): Promise<Found> {
  const removable: Found['removable'][number][] = []
  const spared: Found['spared'][number][] = []
  const folders: string[] = []
  for (const day of await dayFoldersBefore(folder, beforeDay)) {
    const owners = Map.groupBy(await copiesOf(ledger, day.path), ({ backup }) => backup)
    for (const { name, path, bytes } of await filesIn(day.path, /^[0-9a-f]{64}$/)) {
      const own = owners.get(join(day.path, name)) ?? []
      const isOurs = own.length > 0 && own.every((owner) => owner.pipeline === pipeline)
      if (own.some(({ state }) => UNSETTLED_STATES.includes(state)))
        spared.push({ path, reason: 'unsettled' })
      else if (isOurs) removable.push({ kind: 'backup', path, bytes })
    }
    folders.push(day.path)
  }
  return { removable, spared, folders }
}
