import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import type { Text } from '../model/language.ts'
import { openDeclaredSource } from '../connectors/open-declared-source.ts'
import type { Source, SourceEntry } from '../connectors/source.ts'
import { listedVersion } from '../ledger/item-version.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { sourceSeat } from '../perform/seat.ts'
import { copyProven, holds, QUARANTINE_FILES } from './quarantine-folder.ts'
import type { QuarantineTools } from './quarantine.ts'

/** The file of an item in quarantine, or why there is none. */
export type FoundOriginal =
  | { readonly kind: 'kept'; readonly bytes: number; readonly sha256: string }
  | { readonly kind: 'missing'; readonly why: Text }

/** What went wrong with the source itself: it would not give the file now. */
const SOURCE_ERRORS = new Set<string>([
  'SOURCE_UNREACHABLE',
  'SOURCE_ACCESS',
  'SOURCE_HOST_KEY',
  'SOURCE_MISSING',
  'SOURCE_VANISHED',
  'SOURCE_CHANGED',
])

/**
 * Brings the failed file into `draft`: the very bytes that failed, from where an earlier round put them, from the spool, or from
 * the backup; else from the source, whose file must still be the version that failed. Never moved, and never taken for what it is
 * not: every copy is proven by its hash.
 */
export async function findOriginal(
  tools: QuarantineTools,
  {
    item,
    place,
    draft,
    spooled,
    mayWait,
  }: {
    readonly item: ItemRow
    /** The item's folder as it is. */
    readonly place: string
    readonly draft: string
    /** The file an attempt left in the spool. */
    readonly spooled: string | undefined
    /** Nothing is lost by coming back later: a source that is away fails the whole. */
    readonly mayWait: boolean
  },
): Promise<FoundOriginal> {
  const { sha256 } = item
  const to = join(draft, QUARANTINE_FILES.original)
  const before = join(place, QUARANTINE_FILES.original)
  if (sha256 !== null) {
    if (await holds(before, sha256)) return kept(before, sha256)
    for (const from of [spooled, item.backup ?? undefined])
      if (from !== undefined && (await copyProven(from, to, sha256))) return kept(to, sha256)
  }
  return fetched(tools, item, { toPath: to, mayWait })
}

async function kept(path: string, sha256: string): Promise<FoundOriginal> {
  return { kind: 'kept', bytes: (await stat(path)).size, sha256 }
}

async function fetched(
  tools: QuarantineTools,
  item: ItemRow,
  { toPath, mayWait }: { readonly toPath: string; readonly mayWait: boolean },
): Promise<FoundOriginal> {
  const { errorCode, kind, sizeBytes, modifiedMs } = item
  if (errorCode !== null && SOURCE_ERRORS.has(errorCode))
    return missing('its source did not give it', 'su origen no lo entregó')
  if (sizeBytes === null || modifiedMs === null)
    return missing('its version is not known', 'no se conoce su versión')
  const source = await openDeclaredSource(
    kind === 'replay' ? { sourceUrl: tools.home.replays } : tools.settings,
  )
  try {
    const entry = listedVersion(item)
    return await seated(tools, { item, source }, () => fetchProven(tools, { source, entry, item, toPath }))
  } catch (error) {
    // A full disk is everybody's trouble; what a source says is this file's. One that is away now may be there later.
    if (!isOfSource(error) || (mayWait && error.code === 'SOURCE_UNREACHABLE')) throw error
    return missing(error.textIn('en'), error.textIn('es'))
  } finally {
    await source.close()
  }
}

function isOfSource(error: unknown): error is CauceError {
  return error instanceof CauceError && (SOURCE_ERRORS.has(error.code) || error.code === 'FILE_UNREADABLE')
}

async function seated<Result>(
  { plan, seats, signal }: QuarantineTools,
  { item, source }: { readonly item: ItemRow; readonly source: Source },
  work: () => Promise<Result>,
): Promise<Result> {
  // Replays lie in a folder of ours.
  const seat = item.kind === 'replay' ? undefined : sourceSeat(plan, source)
  if (seat === undefined) return work()
  const free = await seats.take(seat, signal, item.id)
  try {
    return await work()
  } finally {
    free()
  }
}

async function fetchProven(
  { signal }: QuarantineTools,
  {
    source,
    entry,
    item,
    toPath,
  }: {
    readonly source: Source
    readonly entry: SourceEntry
    readonly item: ItemRow
    readonly toPath: string
  },
): Promise<FoundOriginal> {
  const got = await source.fetch({ entry, toPath, onBytes: () => undefined, signal })
  if (item.sha256 === null || got.sha256 === item.sha256)
    return { kind: 'kept', bytes: got.sizeBytes, sha256: got.sha256 }
  await rm(toPath, { force: true })
  return missing('it changed at its source', 'cambió en su origen')
}

function missing(en: string, es: string): FoundOriginal {
  return { kind: 'missing', why: { en, es } }
}
