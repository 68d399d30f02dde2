import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import { SpoolFile } from '../connectors/spool-file.ts'
import type { Extracted } from './extract.ts'
import type { ItemTask } from './task.ts'

/**
 * Brings a kept copy to the spool, for what the source no longer has: of an earlier load, or of the file that failed.
 * @returns undefined where none was kept, or it is gone too
 * @throws {CauceError} BACKUP_FAILED when the copy is not what was read then
 */
export async function extractKept({ kept, spoolFolder, item }: ItemTask): Promise<Extracted | undefined> {
  if (kept === undefined) return undefined
  const copy = await stat(kept.path).catch(() => undefined)
  if (copy?.isFile() !== true) return undefined
  const path = join(spoolFolder, 'original')
  const file = await SpoolFile.open(path)
  try {
    for await (const bytes of createReadStream(kept.path)) await file.append(bytes as Uint8Array)
  } catch (error) {
    await file.discard()
    throw error
  }
  const fetched = await file.finish()
  if (fetched.sha256 !== kept.sha256)
    throw new CauceError('BACKUP_FAILED', {
      file: item.entry.key,
      detail: 'the kept copy is not the file as it was read',
      detalle: 'la copia guardada no es el archivo que se leyó',
    })
  return { ...fetched, path }
}
