import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Clock } from '../model/clock.ts'
import { itemLogCandidates, loggedDays, type LoggedItem, orchestratorLog } from './log-places.ts'
import { type LogRecord, parseLogLine } from './log-record.ts'

/** Which lines of the logs are wanted. */
export interface LogQuery {
  readonly logs: string
  /** The lines of one item; without it, those of the orchestrator. */
  readonly item?: (LoggedItem & { readonly id: number }) | undefined
  /** yyyy-MM-dd; default: the newest day for the orchestrator, every day for an item. */
  readonly day?: string | undefined
  readonly accepts?: ((record: LogRecord) => boolean) | undefined
}

/** The last lines wanted, in order of time; what is no line (torn by a full disk) is passed over. */
export async function lastLogLines(query: LogQuery, most: number): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = []
  for (const path of await pathsOf(query)) {
    for await (const line of linesOf(path)) {
      const record = wanted(line, query)
      if (record === undefined) continue
      records.push(record)
      // Kept short on the way: a day may have a million lines.
      if (records.length >= most * 2 + 1_000) records.splice(0, records.length - most)
    }
  }
  return inOrder(records).slice(-most)
}

const FOLLOW_LOOK_MS = 300

/**
 * The last lines wanted, then those that are added, as they come, also to the files of days to come: none is missed in between
 * and none told twice. Ends when the signal aborts.
 */
export async function* followLogLines(
  query: LogQuery,
  { most, clock, signal }: { readonly most: number; readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<LogRecord> {
  const tails = new Map<string, Tail>()
  const added = async (): Promise<readonly LogRecord[]> => {
    const records: LogRecord[] = []
    for (const path of await pathsOf(query)) {
      const tail = tails.get(path) ?? new Tail(path)
      tails.set(path, tail)
      for (const line of await tail.more()) {
        const record = wanted(line, query)
        if (record !== undefined) records.push(record)
      }
    }
    return inOrder(records)
  }
  let known: readonly LogRecord[] = []
  do known = [...known, ...(await added())].slice(-most)
  while ([...tails.values()].some((tail) => tail.isBehind))
  yield* inOrder(known)
  while (!signal.aborted) {
    yield* await added()
    await clock.sleep(FOLLOW_LOOK_MS, signal).catch(() => undefined)
  }
}

function inOrder(records: readonly LogRecord[]): readonly LogRecord[] {
  return records.toSorted((one, other) => (one.time < other.time ? -1 : Number(one.time > other.time)))
}

async function pathsOf({ logs, item, day }: LogQuery): Promise<readonly string[]> {
  const days = day === undefined ? await loggedDays(logs) : [day]
  const paths =
    item === undefined
      ? days.map((one) => orchestratorLog(logs, one))
      : days.flatMap((one) => itemLogCandidates(logs, item, one))
  const sizes = await Promise.all(paths.map(sizeOf))
  const existing = paths.filter((_path, index) => (sizes[index] ?? 0) > 0)
  return item === undefined && day === undefined ? existing.slice(-1) : existing
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

function wanted(line: string, { item, accepts = () => true }: LogQuery): LogRecord | undefined {
  const record = parseLogLine(line)
  if (record === undefined) return undefined
  // A file of one name may tell of several versions.
  const isOfItem = item === undefined || (record.item === item.id && record.event !== 'log-started')
  return isOfItem && accepts(record) ? record : undefined
}

async function* linesOf(path: string): AsyncGenerator<string> {
  try {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })
    for await (const line of lines) yield line
  } catch (error) {
    // Removed meanwhile, its time being over.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

const MOST_AT_ONCE_BYTES = 1_000_000

/** A file that grows, read piece by piece. */
class Tail {
  readonly #path: string
  #at = 0
  #rest: Buffer = Buffer.alloc(0)
  /** There was more than one piece the last time. */
  isBehind = false

  constructor(path: string) {
    this.#path = path
  }

  /** Whole lines added since the last time; of many, the first. */
  async more(): Promise<readonly string[]> {
    const size = await sizeOf(this.#path)
    if (size < this.#at) {
      // Another file has its name.
      this.#at = 0
      this.#rest = Buffer.alloc(0)
    }
    const length = Math.min(size - this.#at, MOST_AT_ONCE_BYTES)
    this.isBehind = length < size - this.#at
    if (length === 0) return []
    const added = await this.#read(length)
    this.#at += added.length
    const all = Buffer.concat([this.#rest, added])
    const end = all.lastIndexOf(0x0a) + 1
    this.#rest = all.subarray(end)
    return all.toString('utf8', 0, end).split('\n').slice(0, -1)
  }

  async #read(length: number): Promise<Buffer> {
    const handle = await open(this.#path, 'r').catch(() => undefined)
    if (handle === undefined) return Buffer.alloc(0)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, this.#at)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  }
}
