import { createHash, randomUUID } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import {
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { failpoint } from '../model/failpoint.ts'
import { sha256Hex } from '../model/load-key.ts'
import { isProvenDead, type ProcessIdentity } from '../ledger/process-identity.ts'
import type { ItemRow } from '../ledger/tables.ts'
import type { ProjectHome } from './project-home.ts'

/** What lies in the folder of one item. */
export const QUARANTINE_FILES = { original: 'original', story: 'story.json', log: 'item.log' } as const

/** Where an item's folder lies or will lie: named by its number and its bytes, never by the name the file came with. */
export function quarantineFolder(
  { quarantine }: Pick<ProjectHome, 'quarantine'>,
  item: Pick<ItemRow, 'id' | 'sha256' | 'version' | 'quarantine'>,
): string {
  // Only its name counts: a home may be moved, and nothing beyond it is ours.
  if (item.quarantine !== null) return join(quarantine, basename(item.quarantine))
  const content = item.sha256 ?? sha256Hex(item.version)
  return join(quarantine, `${item.id}_${content.slice(0, 12)}`)
}

/** The number of the item a folder is named after; undefined: it is none of ours. */
export function itemOfFolder(name: string): number | undefined {
  const digits = /^([1-9]\d{0,15})_[0-9a-f]{12}$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/**
 * Makes an item's folder, or brings it up to date: `fill` writes into a folder that nobody sees, its files are flushed, and then
 * the whole folder, or each file where there is one already, is put in its place by one rename. Whoever is killed on the way leaves
 * a draft (`removeDrafts`); a file in its place is always whole.
 */
export async function putInFolder(
  { place, owner }: { readonly place: string; readonly owner: ProcessIdentity },
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(place)
  await mkdir(parent, { recursive: true, mode: 0o700 })
  const draft = await mkdtemp(join(parent, `${DRAFT}${basename(place)}.`))
  try {
    await writeInto(draft, OWNER, JSON.stringify(owner))
    const folder = join(draft, 'folder')
    await mkdir(folder, { mode: 0o700 })
    await fill(folder)
    for (const name of await readdir(folder)) await flush(join(folder, name))
    await flush(folder)
    failpoint('quarantine:before-rename')
    await putInPlace(folder, place)
    await flush(parent)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

const DRAFT = '.draft-'
const GOING = '.gone-'
/** Whose draft it is; the folder in the making lies beside. */
const OWNER = 'owner.json'

async function putInPlace(folder: string, place: string): Promise<void> {
  try {
    await rename(folder, place)
  } catch (error) {
    if (!isCode(error, 'ENOTEMPTY') && !isCode(error, 'EEXIST')) throw error
    for (const name of await readdir(folder)) await rename(join(folder, name), join(place, name))
    await flush(place)
  }
}

/** Long enough for any file to be copied by somebody of whom nothing is known. */
const DRAFT_LIVES_MS = 24 * 3_600_000

/** Removes what processes that were killed while they put a file aside, or took it away, left behind. */
export async function removeDrafts(
  { quarantine }: Pick<ProjectHome, 'quarantine'>,
  nowMs: number,
): Promise<void> {
  for (const name of await namesIn(quarantine)) {
    const path = join(quarantine, name)
    if (name.startsWith(GOING) || (name.startsWith(DRAFT) && (await isForsaken(path, nowMs))))
      await rm(path, { recursive: true, force: true })
  }
}

async function isForsaken(draft: string, nowMs: number): Promise<boolean> {
  const found = await stat(draft).catch(() => undefined)
  if (found === undefined) return false
  if (nowMs - found.mtimeMs > DRAFT_LIVES_MS) return true
  try {
    return await isProvenDead(JSON.parse(await readFile(join(draft, OWNER), 'utf8')) as ProcessIdentity)
  } catch {
    return false
  }
}

/** The folders of items, by name. */
export async function quarantineFolders({
  quarantine,
}: Pick<ProjectHome, 'quarantine'>): Promise<readonly string[]> {
  return (await namesIn(quarantine)).filter((name) => itemOfFolder(name) !== undefined)
}

/** Removes an item's folder: under another name first, so that half a folder is never taken for a whole one. */
export async function removeFolder(
  { quarantine }: Pick<ProjectHome, 'quarantine'>,
  place: string,
): Promise<void> {
  const going = join(quarantine, `${GOING}${basename(place)}.${randomUUID()}`)
  try {
    await rename(place, going)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return
    throw error
  }
  failpoint('quarantine:half-removed')
  await rm(going, { recursive: true, force: true })
}

/** A copy that shares the blocks where the file system can; proven by its hash when one is known. False: it is not these bytes. */
export async function copyProven(from: string, to: string, sha256: string | null): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false
    throw error
  }
  if (sha256 !== null && (await hashFile(to)) === sha256) return true
  await rm(to, { force: true })
  return false
}

/** Whether a file holds these bytes. */
export async function holds(path: string, sha256: string | null): Promise<boolean> {
  if (sha256 === null) return false
  return (await hashFile(path).catch(() => undefined)) === sha256
}

/** Writes a file of a draft. */
export async function writeInto(folder: string, name: string, text: string): Promise<void> {
  await writeFile(join(folder, name), text, { mode: 0o600 })
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return []
    throw error
  })
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
