import { CauceError } from '../../model/cauce-error.ts'
import { failpoint } from '../../model/failpoint.ts'
import { toCauceError } from '../../model/to-cauce-error.ts'
import { type DayClose, recordDayClose, type RecordDayCloseRequest } from '../../ledger/day-close.ts'
import { type ArchivedItem, dayItems, type DayItem, pointToArchive } from '../../ledger/day-items.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import type { DayManifest } from '../../model/day-manifest.ts'
import { hashFile } from './durable-file.ts'
import { fileIdentity, isMissing } from '../../perform/file-identity.ts'
import { archivePath } from './find-copy.ts'
import { openArchive, type OpenArchive, unusable } from '../../perform/open-archive.ts'
import { type ArchivePlan, type LostFile, planArchive } from './plan-archive.ts'
import { draftOf, type DraftArchive, Overtaken, putInPlace } from './put-in-place.ts'
import { removeCopies } from './remove-copies.ts'
import { removeDrafts } from '../../perform/remove-drafts.ts'
import { DAY_FILES } from './day-files.ts'
import { verifyArchive } from './verify-archive.ts'
import { DamagedCopy } from './write-archive.ts'

export interface ArchiveDayRequest {
  readonly ledger: Ledger
  /** Folder of backups, and of files put aside. */
  readonly folder: string
  readonly quarantine: string
  /** How the day was closed last. */
  readonly before: DayClose | undefined
  /** The day is over: everything goes in, whatever it costs. */
  readonly isOver: boolean
  /** What is recorded of the close, whether or not there is anything to archive. */
  readonly close: Pick<RecordDayCloseRequest, 'pipeline' | 'day' | 'closedMs' | 'figures'>
}

/** The day's archive as it lies there now. */
export interface DayArchive {
  readonly path: string
  readonly sha256: string
  readonly sizeBytes: number
  /** How many files it holds. */
  readonly files: number
}

export interface ArchivedDay {
  /** Undefined: there is none, or not yet. */
  readonly archive: DayArchive | undefined
  readonly lost: readonly LostFile[]
}

/** Rivals that were in the middle of the same day. */
const MOST_TRIES = 5

/**
 * While a day lasts, an archive that grew beyond this is written anew only when what came since is as much as it holds: with a run
 * every few minutes it would be written hundreds of times otherwise.
 */
const CHEAP_BYTES = 16 * 1024 ** 2

/**
 * Makes the archive of a day or brings it up to date, records the close, and then removes the single copies that it holds. At no
 * moment are a file's bytes in fewer than one place: the archive is written beside its place, read back and proven before it is
 * renamed; copies go only after the ledger points to it. Whoever is killed at any point leaves nothing that the next call does not
 * put in order; any number of processes may call it at once.
 * @throws {CauceError} ARCHIVE_UNUSABLE, CONFIG_INVALID (another pipeline's archive), DISK_FULL, BACKUP_FAILED, LEDGER_FAILED
 */
export async function archiveDay(request: ArchiveDayRequest): Promise<ArchivedDay> {
  const { folder, close } = request
  const path = archivePath(folder, close.day)
  let reads = false
  await removeDrafts(folder, DAY_FILES, close.closedMs)
  for (let tries = 1; ; tries++) {
    try {
      return await archiveOnce(request, { path, reads })
    } catch (error) {
      if (error instanceof DamagedCopy && error.file.source.kind === 'archive') throw unusable(path, error)
      // A copy that is gone was archived by a rival: his archive is there by now.
      const mayPass = error instanceof DamagedCopy || error instanceof Overtaken || isMissing(error)
      if (!mayPass || tries === MOST_TRIES) throw archiveError(error, path)
      reads ||= error instanceof DamagedCopy
    }
  }
}

async function archiveOnce(
  request: ArchiveDayRequest,
  { path, reads }: { readonly path: string; readonly reads: boolean },
): Promise<ArchivedDay> {
  const { ledger, folder, quarantine, before, isOver, close } = request
  const { pipeline, day, figures } = close
  const identity = await fileIdentity(path)
  using base = await openArchive(path)
  refuseForeign(base, close)
  const items = await dayItems(ledger, { ...figures, pipeline })
  const { timezone } = figures
  const plan = await planArchive({ pipeline, day, timezone, items, path, base, quarantine, reads })
  if (identity === undefined && before?.backup === path && plan.files.length > 0) throw gone(path)
  const scene: Scene = { request, path, identity, base, plan }
  const archive = await recordClose(scene, items)
  // Also what a process that was killed after its archive was in place did not come to.
  const held = archive === undefined ? base?.manifest : plan.manifest
  if (held !== undefined) {
    await pointToArchive(ledger, { archive: path, items: archivedItems(held, path, items) })
    await removeCopies(ledger, { folder, manifest: held, items, isOver })
  }
  return { archive: archive ?? (await knownArchive(before, base)), lost: plan.lost }
}

/** Everything known when the archive is decided on. */
interface Scene {
  readonly request: ArchiveDayRequest
  readonly path: string
  /** What lies at the path. */
  readonly identity: string | undefined
  readonly base: OpenArchive | undefined
  readonly plan: ArchivePlan
}

/** Records the close with the archive it has by then; undefined: none was made, and nothing new is to be said of an older one. */
async function recordClose(scene: Scene, items: readonly DayItem[]): Promise<DayArchive | undefined> {
  const { request, path, identity, base, plan } = scene
  const { ledger, close } = request
  if (isWorthwhile(scene)) {
    failpoint('close:before-archive')
    await using draft = await draftOf(path, { plan, madeMs: close.closedMs })
    failpoint('close:before-rename')
    await recordDayClose(ledger, {
      ...close,
      archive: { path, sha256: draft.sha256 },
      publish: () => putInPlace(draft, { path, expected: identity }),
    })
    failpoint('close:after-record')
    return dayArchive(path, draft, plan)
  }
  if (base !== undefined && !plan.isNew && archivedItems(base.manifest, path, items).length > 0) {
    // Whoever put it there did not live to tell the ledger.
    await verifyArchive(path)
    const found = { sha256: await hashFile(path), sizeBytes: base.sizeBytes }
    await recordDayClose(ledger, {
      ...close,
      archive: { path, sha256: found.sha256 },
      publish: async () => {
        if ((await fileIdentity(path)) !== base.identity) throw new Overtaken()
      },
    })
    return dayArchive(path, found, plan)
  }
  await recordDayClose(ledger, close)
  return undefined
}

function isWorthwhile({ request, base, plan }: Scene): boolean {
  if (!plan.isNew || plan.files.length === 0) return false
  return (
    request.isOver || base === undefined || base.sizeBytes < CHEAP_BYTES || plan.freshBytes >= base.sizeBytes
  )
}

function dayArchive(
  path: string,
  { sha256, sizeBytes }: Pick<DraftArchive, 'sha256' | 'sizeBytes'>,
  { files }: ArchivePlan,
): DayArchive {
  return { path, sha256, sizeBytes, files: files.length }
}

/** Items that are in an archive while the ledger says they lie elsewhere. */
function archivedItems(
  manifest: DayManifest,
  path: string,
  items: readonly DayItem[],
): readonly ArchivedItem[] {
  const held = new Set(
    manifest.items.flatMap(({ item, file, sha256 }) => (file === null ? [] : [`${item}:${sha256}`])),
  )
  return items.flatMap(({ id, sha256, backup }) =>
    sha256 !== null && backup !== path && held.has(`${id}:${sha256}`) ? [{ id, sha256, from: backup }] : [],
  )
}

async function knownArchive(
  before: DayClose | undefined,
  base: OpenArchive | undefined,
): Promise<DayArchive | undefined> {
  if (base === undefined) return undefined
  const files = base.manifest.items.filter(({ file }) => file !== null).length
  const sha256 = before?.backupSha256 ?? (await hashFile(base.path))
  return { path: base.path, sha256, sizeBytes: base.sizeBytes, files }
}

/** Two pipelines that back up to one folder would take each other's archives for their own. */
function refuseForeign(base: OpenArchive | undefined, { pipeline, day }: ArchiveDayRequest['close']): void {
  if (base === undefined) return
  const { manifest, path } = base
  if (manifest.pipeline === pipeline && manifest.day === day) return
  const whose = `${manifest.pipeline}, ${manifest.day}`
  throw new CauceError('CONFIG_INVALID', {
    where: 'archive.backup',
    detail: `${path} is the archive of ${whose}; give pipeline ${pipeline} a folder of its own`,
    detalle: `${path} es el archivo de ${whose}; dé al flujo ${pipeline} una carpeta propia`,
  })
}

function gone(path: string): CauceError {
  return new CauceError('ARCHIVE_UNUSABLE', {
    path,
    detail: 'it was made and is gone, and another would take its name',
    detalle: 'se hizo y ya no está, y otro tomaría su nombre',
  })
}

/** The system tells no path of a disk that filled while a file was written. */
function archiveError(error: unknown, path: string): CauceError {
  if (error instanceof CauceError) return error
  const known = toCauceError(error, { code: 'BACKUP_FAILED', details: { file: path } })
  return known.code === 'DISK_FULL' ? new CauceError('DISK_FULL', { path }, { cause: error }) : known
}
