import { join } from 'node:path'
import { copyFile, mkdir } from 'node:fs/promises'
import type { Plan } from '../model/plan.ts'
import type { ProjectHome } from '../dispatch/project-home.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { itemFacts } from '../perform/item-facts.ts'
import { judgeFile } from '../perform/judge-file.ts'
import { linkReplay } from '../perform/link-replay.ts'
import { replayPlan } from '../plan/replay-plan.ts'
import { openRejects } from './reject-rows.ts'

interface MendedFile {
  readonly home: ProjectHome
  readonly plan: Plan
  readonly item: ItemRow
  readonly loadKey: string
  readonly referenceDate: string
  /** Where the person keeps it, for messages. */
  readonly mendedPath: string
  /** A copy of it that nobody changes. */
  readonly path: string
  readonly signal: AbortSignal
}

/**
 * Refuses a file that does not mend rejects of this load before anything is recorded: what a person sent by mistake is no item.
 * @throws {CauceError} LAYOUT_COLUMNS, FILE_UNREADABLE, REPLAY_OTHER_LOAD, REPLAY_RECORD, REPLAY_TWICE
 */
export async function checkMended(mended: MendedFile): Promise<void> {
  const { home, item, loadKey, mendedPath, signal } = mended
  await using desk = await openRejects(home, item)
  const { engine, folder, keptPath } = desk
  const path = join(folder, 'mended.csv')
  await copyFile(mended.path, path)
  const plan = replayPlan(mended.plan)
  const facts = itemFacts({
    item: item.key,
    sha256: '',
    loadKey,
    run: '',
    referenceDate: mended.referenceDate,
  })
  const spoolFolder = join(folder, 'judge')
  await mkdir(spoolFolder)
  const judged = await judgeFile({
    engine,
    plan,
    path,
    spoolFolder,
    file: mendedPath,
    facts,
    isReplay: true,
    signal,
  })
  const origin = { loadKey, item: item.key, keptPath }
  await linkReplay(engine, { contract: plan.contract, file: mendedPath, judged, origin })
}
