import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import type { CauceError } from '../model/cauce-error.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import { type DayManifest, MANIFEST_NAME, parseManifest } from '../model/day-manifest.ts'
import { fileIdentity } from './file-identity.ts'

/** Whether a path is that of an archive of a day, by its name. */
export function isArchivePath(path: string): boolean {
  return /^backup_\d{8}\.zip$/.test(basename(path))
}

/** Far beyond the manifest of a million files. */
const MOST_MANIFEST_BYTES = 512 * 1024 ** 2

/** An archive of a day, open for reading. */
export interface OpenArchive extends Disposable {
  readonly path: string
  readonly manifest: DayManifest
  /** What `fileIdentity` says of it. */
  readonly identity: string
  readonly sizeBytes: number
  /** Names of everything in it. */
  readonly names: ReadonlySet<string>
  /** A file in it, unpacked. */
  readonly open: (name: string) => Promise<Readable>
}

/**
 * Opens the archive at a path; undefined: there is none, or an empty file in its place.
 * @throws {CauceError} ARCHIVE_UNUSABLE when it is damaged or none of ours
 */
export async function openArchive(path: string): Promise<OpenArchive | undefined> {
  for (;;) {
    const identity = await fileIdentity(path)
    if (identity === undefined || (await stat(path)).size === 0) return undefined
    const opened = await opening(path, identity)
    // Somebody may have put another one in its place meanwhile.
    if ((await fileIdentity(path)) === identity) return opened
    opened[Symbol.dispose]()
  }
}

async function opening(path: string, identity: string): Promise<OpenArchive> {
  let zip: ZipFile | undefined
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false })
    const entries = await entriesOf(zip)
    const open = async (name: string): Promise<Readable> => openEntry(zip, entries, name)
    const manifest = await readManifest(entries, open)
    const opened = zip
    return {
      path,
      manifest,
      identity,
      sizeBytes: opened.fileSize,
      names: new Set(entries.keys()),
      open,
      [Symbol.dispose]: () => opened.close(),
    }
  } catch (error) {
    zip?.close()
    throw unusable(path, error)
  }
}

/** What to call an error met while reading an archive. */
export function unusable(path: string, error: unknown): CauceError {
  return toCauceError(error, { code: 'ARCHIVE_UNUSABLE', details: { path } })
}

async function entriesOf(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName)) throw new Error(`it holds ${entry.fileName} twice`)
    entries.set(entry.fileName, entry)
  }
  return entries
}

async function openEntry(
  zip: ZipFile | undefined,
  entries: ReadonlyMap<string, Entry>,
  name: string,
): Promise<Readable> {
  const entry = entries.get(name)
  if (zip === undefined || entry === undefined) throw new Error(`it does not hold ${name}`)
  return zip.openReadStreamPromise(entry)
}

async function readManifest(
  entries: ReadonlyMap<string, Entry>,
  open: (name: string) => Promise<Readable>,
): Promise<DayManifest> {
  const size = entries.get(MANIFEST_NAME)?.uncompressedSize ?? 0
  if (size === 0 || size > MOST_MANIFEST_BYTES)
    throw new Error(`it was not made by Cauce: ${MANIFEST_NAME} is not in it`)
  const manifest = parseManifest((await buffer(await open(MANIFEST_NAME))).toString())
  if (manifest === undefined)
    throw new Error(`it was not made by Cauce: its ${MANIFEST_NAME} is none of ours`)
  return manifest
}
