import { join } from 'node:path'
import type { ItemState } from '../model/item-state.ts'
import { CauceError } from '../model/cauce-error.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import { clearQuarantine } from '../ledger/clear-quarantine.ts'
import { findItem } from '../ledger/find-item.ts'
import { listQuarantine, QUARANTINED_STATES } from '../ledger/list-quarantine.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { quarantineItem, type QuarantineRequest, type QuarantineTools } from './quarantine.ts'
import {
  itemOfFolder,
  quarantineFolder,
  quarantineFolders,
  removeDrafts,
  removeFolder,
} from './quarantine-folder.ts'
import { readStory } from './quarantine-story.ts'
import type { RunContext } from './run-context.ts'

type Tools = QuarantineTools & Pick<RunContext, 'emit'>

/** Ends that need the file no more: its rows are where they belong, or those of another version are. */
const GOOD_ENDS: readonly ItemState[] = ['ready', 'ready_with_rejects', 'duplicate']

/**
 * Keeps the quarantine as an item's end asks for it: puts one that failed aside, takes away the folder of one that was loaded at
 * last. What cannot be put aside now is told and left to `tendQuarantine`; a failure is never lost by it.
 */
export async function keepQuarantine(
  tools: Tools,
  item: ItemRow,
  { spooled }: { readonly spooled?: string | undefined } = {},
): Promise<void> {
  if (isQuarantined(item)) await putAside(tools, { item, spooled })
  else if (item.quarantine !== null && GOOD_ENDS.includes(item.state))
    await takeAway(tools, item, quarantineFolder(tools.home, item))
}

/**
 * Puts in order what a crash or a full disk left: items of this pipeline that failed and have no folder get theirs, folders of items
 * that were loaded go, and so do drafts nobody will finish. Harmless to repeat, by any number of processes.
 */
export async function tendQuarantine(tools: Tools): Promise<void> {
  const { home, plan, emit } = tools
  try {
    await tend(tools)
  } catch (caught) {
    const details = { file: plan.pipeline, folder: home.quarantine }
    const error = toCauceError(caught, { code: 'QUARANTINE_FAILED', details })
    if (error.class === 'bug') throw error
    emit({ kind: 'note', text: error.message })
  }
}

async function tend(tools: Tools): Promise<void> {
  const { ledger, home, plan, clock, owner, signal } = tools
  await removeDrafts(home, clock.now())
  for (const item of await listQuarantine(ledger, { pipeline: plan.pipeline })) {
    if (signal.aborted) return
    // A local file is another host's to copy.
    const isOurs = item.boundHost === null || item.boundHost === owner.host
    if (item.quarantine !== null || !isOurs) continue
    // What keeps one from being put aside (a full disk, a source that is away) keeps the others too.
    if (!(await putAside(tools, { item, mayWait: true }))) break
  }
  for (const name of await quarantineFolders(home)) {
    const item = await findItem(ledger, { id: itemOfFolder(name) ?? 0 })
    if (item?.pipeline !== plan.pipeline || !GOOD_ENDS.includes(item.state)) continue
    const folder = join(home.quarantine, name)
    // Numbers begin anew in a new ledger: the folder of an item of an older one stays.
    const story = await readStory(folder)
    if (story?.key === item.key && story.version === item.version) await takeAway(tools, item, folder)
  }
}

function isQuarantined({ state }: ItemRow): boolean {
  return QUARANTINED_STATES.some((known) => known === state)
}

/** False: it could not be done now. */
async function putAside(tools: Tools, request: QuarantineRequest): Promise<boolean> {
  const { item } = request
  try {
    const folder = await quarantineItem(tools, request)
    if (folder !== undefined) tools.emit({ kind: 'quarantined', item, folder })
    return true
  } catch (error) {
    if (tools.signal.aborted) return false
    if (!(error instanceof CauceError) || error.class === 'bug') throw error
    tools.emit({ kind: 'quarantine-failed', item, error: error.report() })
    return false
  }
}

async function takeAway({ ledger, home, emit }: Tools, item: ItemRow, folder: string): Promise<void> {
  try {
    await removeFolder(home, folder)
    await clearQuarantine(ledger, { id: item.id })
  } catch (error) {
    emit({ kind: 'note', text: `${folder}: ${error instanceof Error ? error.message : String(error)}` })
  }
}
