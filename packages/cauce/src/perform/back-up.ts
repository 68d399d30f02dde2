import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { CauceError } from '../model/cauce-error.ts'
import { draftName } from './draft-name.ts'

/** What is to be kept, and where. */
export interface BackupRequest {
  /** The spooled original. */
  readonly path: string
  readonly sha256: string
  readonly folder: string
  /** yyyy-MM-dd; copies lie in one folder per day. */
  readonly day: string
  /** The item's key, for messages only. */
  readonly file: string
}

/** Where a copy of these bytes lies or will lie: named by their hash, never by the name the file came with. */
export function backupPath({
  folder,
  day,
  sha256,
}: Pick<BackupRequest, 'folder' | 'day' | 'sha256'>): string {
  return join(folder, day.replaceAll('-', ''), sha256)
}

/**
 * Keeps a verified copy of an original: written beside its place, flushed, read back and hashed, then renamed, so that a
 * file of that name is always whole. Repeating it is free.
 * @throws {CauceError} BACKUP_FAILED, DISK_FULL
 */
export async function backUp(request: BackupRequest): Promise<string> {
  const place = backupPath(request)
  if (await holds(place, request.sha256)) return place
  const draft = draftName(place)
  await mkdir(dirname(place), { recursive: true })
  try {
    await copyFile(request.path, draft)
    await flush(draft)
    if (!(await holds(draft, request.sha256)))
      throw new CauceError('BACKUP_FAILED', { file: request.file, detail: 'the copy reads back differently' })
    await rename(draft, place)
    await flush(dirname(place))
  } finally {
    await rm(draft, { force: true })
  }
  return place
}

async function holds(path: string, sha256: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || !found.isFile()) return false
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex') === sha256
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
