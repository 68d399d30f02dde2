import { dayBounds, isDay } from '../../plan/day-bounds.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import { hasUnsettledOf } from '../../ledger/unsettled.ts'
import type { Limit } from './apply-retention.ts'
import { dayFoldersBefore, filesIn } from './files-in.ts'
import type { Found } from './removal.ts'

/** One for the orchestrator and one for each item, each perhaps cut and packed. */
const LOG_FILE = /^[^/]+\.log(\.\d+)?(\.gz)?$/

const DAY_MS = 86_400_000

/**
 * Logs of days before a limit, but for those in which the story of an item that is not settled may stand. A project's logs are
 * those of all its pipelines, whose days begin at different moments.
 */
export async function oldLogs(
  ledger: Ledger,
  folder: string,
  { beforeDay, timezone }: Limit,
): Promise<Found> {
  const removable: Found['removable'][number][] = []
  const spared: Found['spared'][number][] = []
  const folders: string[] = []
  for (const { path, day } of await dayFoldersBefore(folder, beforeDay)) {
    if (!isDay(day)) continue
    const { fromMs, untilMs } = dayBounds(day, timezone)
    if (await hasUnsettledOf(ledger, { fromMs: fromMs - DAY_MS, untilMs: untilMs + DAY_MS })) {
      spared.push({ path, reason: 'unsettled' })
      continue
    }
    for (const file of await filesIn(path, LOG_FILE))
      removable.push({ kind: 'log', path: file.path, bytes: file.bytes })
    folders.push(path)
  }
  return { removable, spared, folders }
}
