import { statfs } from 'node:fs/promises'
import type { DiskState } from './look.ts'

/** Room on the disk of a folder, for users without privileges. Undefined: it cannot be known; without the folder nothing runs. */
export async function homeDisk(path: string, host: string): Promise<DiskState | undefined> {
  try {
    const { bavail, bsize } = await statfs(path)
    return { host, path, freeBytes: bavail * bsize }
  } catch {
    return undefined
  }
}
