import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toCauceError } from '../model/to-cauce-error.ts'

/** Where the rejects of a load are kept. */
export function keptRejectsPath(folder: string, loadKey: string): string {
  return join(folder, `${loadKey}.parquet`)
}

/**
 * Brings kept rejects to a spool folder, the only place an engine reads from. `item` is for messages.
 * @throws {CauceError} REJECTS_UNREADABLE when they are gone, DISK_FULL
 */
export async function fetchKeptRejects(
  { folder, loadKey, item }: { readonly folder: string; readonly loadKey: string; readonly item: string },
  toPath: string,
): Promise<void> {
  await copyFile(keptRejectsPath(folder, loadKey), toPath).catch((error: unknown) => {
    throw toCauceError(error, { code: 'REJECTS_UNREADABLE', details: { file: item } })
  })
}
