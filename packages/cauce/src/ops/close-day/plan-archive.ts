import type { DayItem } from '../../ledger/day-items.ts'
import { type DayManifest, dayManifest, type ManifestItem } from '../../model/day-manifest.ts'
import { manifestItem } from './manifest-item.ts'
import { EntryNames } from './entry-names.ts'
import { type CopySearch, findCopy, type FoundCopy } from './find-copy.ts'
import type { OpenArchive } from '../../perform/open-archive.ts'
import type { ArchiveFile, ByteSource } from './write-archive.ts'

/** What an archive is to hold. */
export interface ArchivePlan {
  readonly manifest: DayManifest
  readonly files: readonly ArchiveFile[]
  /** Bytes that come from single copies. */
  readonly freshBytes: number
  /** Whether the archive as it is holds and tells something else, or is not there. */
  readonly isNew: boolean
  /** Files whose copies ought to be there and are not, with where they ought to be. */
  readonly lost: readonly LostFile[]
}

export interface LostFile {
  readonly key: string
  readonly detail: string
}

export interface ArchiveRequest extends CopySearch {
  readonly pipeline: string
  readonly day: string
  readonly timezone: string
  /** The files that ended on the day, as the ledger has them. */
  readonly items: readonly DayItem[]
  /** Where the archive lies or will lie, and the archive as it is. */
  readonly path: string
  readonly base: OpenArchive | undefined
}

/**
 * Decides what the archive of a day holds: every file that ended on it and has a copy, and what the archive held before of items
 * that were tried again since. Names in it never change.
 */
export async function planArchive(request: ArchiveRequest): Promise<ArchivePlan> {
  const { pipeline, day, timezone, items, base } = request
  const before = base?.manifest.items ?? []
  const held = heldFiles(before)
  const names = new EntryNames(before.flatMap(({ file }) => file ?? []))
  const lines: Line[] = []
  for (const item of items) lines.push(await lineOf(request, { item, held, names }))
  const kept = new Set(lines.flatMap(({ earlier }) => earlier ?? []))
  if (base !== undefined)
    lines.push(
      ...before.filter((earlier) => !kept.has(earlier)).flatMap((earlier) => keptLine(earlier, base)),
    )
  const told = lines.map((line) => line.told).toSorted((one, other) => one.item - other.item)
  const files = lines.flatMap(({ file }) => file ?? [])
  return {
    manifest: dayManifest({ pipeline, day, timezone, items: told }),
    files,
    freshBytes: files.reduce((sum, { source, bytes }) => sum + (source.kind === 'copy' ? bytes : 0), 0),
    isNew: base === undefined || JSON.stringify(told) !== JSON.stringify(before),
    lost: lines.flatMap((line) => line.lost ?? []),
  }
}

/** What becomes of one file. */
interface Line {
  readonly told: ManifestItem
  readonly file?: ArchiveFile
  /** What the archive told of it before. */
  readonly earlier?: ManifestItem | undefined
  readonly lost?: LostFile
}

async function lineOf(
  request: ArchiveRequest,
  {
    item,
    held,
    names,
  }: { readonly item: DayItem; readonly held: ReadonlyMap<string, ManifestItem>; readonly names: EntryNames },
): Promise<Line> {
  const earlier = held.get(`${item.id}:${item.sha256}`)
  const place = await placeOf(request, item, earlier ?? held.get(`twin:${item.sha256}`))
  if (place.kind !== 'absent') {
    const name = earlier?.file ?? names.nameFor(item.key)
    const told = manifestItem(item, { file: name, absent: null })
    return { told, file: archiveFile(item, name, place), earlier }
  }
  const told = manifestItem(item, { file: null, absent: place.why })
  const isLost = place.why === 'missing' || place.why === 'damaged'
  return isLost ? { told, lost: { key: item.key, detail: place.detail } } : { told }
}

/** A file of an item that was tried again since and ended on another day stays as it was told. */
function keptLine(earlier: ManifestItem, base: OpenArchive): readonly Line[] {
  return earlier.file === null ? [] : [{ told: earlier, file: keptFile(earlier, earlier.file, base) }]
}

/** What an archive holds, by item and bytes, and by bytes alone. */
function heldFiles(items: readonly ManifestItem[]): ReadonlyMap<string, ManifestItem> {
  return new Map(
    items
      .filter(({ file }) => file !== null)
      .flatMap((held) => [
        [`twin:${held.sha256}`, held] as const,
        [`${held.item}:${held.sha256}`, held] as const,
      ]),
  )
}

/**
 * Where an item's bytes are to come from. What the archive holds of them needs no copy; whoever removed a copy had seen the same
 * bytes there, if need be under the name of another item.
 */
async function placeOf(
  { path, base, quarantine, reads }: ArchiveRequest,
  item: DayItem,
  held: ManifestItem | undefined,
): Promise<ByteSource | Extract<FoundCopy, { kind: 'absent' }>> {
  const inArchive: ByteSource | undefined =
    base === undefined || typeof held?.file !== 'string'
      ? undefined
      : { kind: 'archive', archive: base, name: held.file }
  if (inArchive !== undefined && held?.item === item.id) return inArchive
  const found = await findCopy(item, { quarantine, reads })
  if (found.kind === 'copy') return found
  if (inArchive !== undefined && item.backup !== null) return inArchive
  return found.why === 'other_day' && found.detail === path ? { ...found, why: 'missing' } : found
}

function archiveFile(item: DayItem, name: string, source: ByteSource): ArchiveFile {
  const { id, sha256, sizeBytes, modifiedMs } = item
  return {
    item: id,
    name,
    sha256: sha256 ?? '',
    bytes: sizeBytes ?? 0,
    modifiedMs: modifiedMs ?? 0,
    source,
  }
}

function keptFile(
  { item, sha256, bytes, modifiedAt }: ManifestItem,
  name: string,
  archive: OpenArchive,
): ArchiveFile {
  return {
    item,
    name,
    sha256: sha256 ?? '',
    bytes: bytes ?? 0,
    modifiedMs: modifiedAt === null ? 0 : Date.parse(modifiedAt),
    source: { kind: 'archive', archive, name },
  }
}
