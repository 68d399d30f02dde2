import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { draftName } from '../../perform/draft-name.ts'

/** sha256 of a file, hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Waits until a file or folder is on the disk itself. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Replaces a file as a whole: whoever reads it sees the old text or the new one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = draftName(path)
  try {
    await writeFile(draft, text, { mode: 0o600 })
    await flush(draft)
    await rename(draft, path)
    await flush(dirname(path))
  } finally {
    await rm(draft, { force: true })
  }
}
