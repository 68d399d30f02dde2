import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseLogLine } from './log-record.ts'

/** What a log of one item is named by. */
export interface LoggedItem {
  readonly pipeline: string
  /** Path relative to the source; may be anything. */
  readonly key: string
}

/** Names stay far below the 255 bytes of file systems, with room for the hash and the ending. */
const MOST_NAME_BYTES = 120

const ORCHESTRATOR = 'orchestrator'

/** Folder of a business day (yyyy-MM-dd). */
export function dayFolder(logs: string, day: string): string {
  return join(logs, day.replaceAll('-', ''))
}

/** The orchestrator's log of a day. */
export function orchestratorLog(logs: string, day: string): string {
  return join(dayFolder(logs, day), `${ORCHESTRATOR}_${day.replaceAll('-', '')}.log`)
}

/** The days that have logs (yyyy-MM-dd), oldest first. */
export async function loggedDays(logs: string): Promise<readonly string[]> {
  const names = await readdir(logs).catch(() => [])
  return names
    .flatMap((name) => {
      const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(name) ?? []
      return year === undefined ? [] : [`${year}-${month}-${day}`]
    })
    .toSorted()
}

/**
 * Where an item's log of a day may lie: under the file's own name, else, where another item of that name was first, under the
 * name with a hash of pipeline and key. Names from a source are never used as they are: no separators, no controls, no length
 * beyond what every file system takes.
 */
export function itemLogCandidates(logs: string, item: LoggedItem, day: string): readonly string[] {
  const folder = dayFolder(logs, day)
  const { name, isSure } = safeName(item.key)
  const hashed = join(folder, `${name}_${shortHash(item)}.log`)
  return isSure ? [join(folder, `${name}.log`), hashed] : [hashed]
}

/** Chooses an item's file among its candidates: whoever creates the plain name first has it. `head` is written into a new one. */
export async function claimItemLog(
  logs: string,
  item: LoggedItem,
  { day, head }: { readonly day: string; readonly head: string },
): Promise<string> {
  await mkdir(dayFolder(logs, day), { recursive: true, mode: 0o700 })
  const candidates = itemLogCandidates(logs, item, day)
  for (const path of candidates) {
    const owner = await createdWith(path, head)
    if (owner === 'us' || isSameItem(owner, head)) return path
  }
  // A file of the same hash that is not ours: it is shared, and every line tells its item.
  return candidates.at(-1) ?? ''
}

/** `us`: the file is new. Else the first line of whoever has it; empty when it cannot be told (yet). */
async function createdWith(path: string, head: string): Promise<string> {
  try {
    const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    try {
      await handle.write(head)
    } finally {
      await handle.close()
    }
    return 'us'
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    // What cannot be read (a link, a folder) is not ours.
    return firstLine(path).catch(() => '')
  }
}

async function firstLine(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(32_768), 0, 32_768, 0)
    const text = buffer.toString('utf8', 0, bytesRead)
    return text.slice(0, Math.max(0, text.indexOf('\n')))
  } finally {
    await handle.close()
  }
}

function isSameItem(line: string, head: string): boolean {
  const [one, other] = [parseLogLine(line), parseLogLine(head)]
  return one !== undefined && other !== undefined && one.pipeline === other.pipeline && one.key === other.key
}

function shortHash({ pipeline, key }: LoggedItem): string {
  return createHash('sha256').update(`${pipeline}\0${key}`).digest('hex').slice(0, 12)
}

interface SafeName {
  readonly name: string
  /** It tells the file apart well enough to be tried without the hash. */
  readonly isSure: boolean
}

function safeName(key: string): SafeName {
  const base = key.split(/[/\\]/).at(-1) ?? ''
  const bare = base.replace(/\.(gz|zst|zip|bz2|xz)$/i, '').replace(/(?<=.)\.[A-Za-z0-9]{1,10}$/, '')
  const spelled = bare
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}_.@+=, -]/gu, '_')
    .replace(/^[.\s-]+|[.\s]+$/g, '_')
  const name = cutToBytes(spelled === '' ? 'item' : spelled)
  const isReserved = /^(con|prn|aux|nul|com\d|lpt\d|orchestrator_.*)$/i.test(name)
  return { name, isSure: name === bare && !isReserved }
}

function cutToBytes(name: string): string {
  let cut = ''
  let bytes = 0
  for (const character of name) {
    bytes += Buffer.byteLength(character)
    if (bytes > MOST_NAME_BYTES) break
    cut += character
  }
  return cut
}
