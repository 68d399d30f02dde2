import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { CauceError } from '../model/cauce-error.ts'
import { isArchivePath, openArchive } from './open-archive.ts'

/**
 * The bytes of a file that was backed up, from its single copy or from the archive of its day: where the ledger says they are.
 * Whoever reads them proves them.
 * @throws {CauceError} ARCHIVE_UNUSABLE; BACKUP_FAILED when the archive does not hold them
 */
export async function keptBytes(
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  file: string,
): Promise<Readable> {
  if (!isArchivePath(path)) return createReadStream(path)
  const archive = await openArchive(path)
  const name = archive?.manifest.items.find((held) => held.sha256 === sha256 && held.file !== null)?.file
  if (archive === undefined || typeof name !== 'string') {
    archive?.[Symbol.dispose]()
    throw new CauceError('BACKUP_FAILED', { file, detail: `${path} does not hold it` })
  }
  const bytes = await archive.open(name)
  bytes.once('close', () => archive[Symbol.dispose]())
  return bytes
}
