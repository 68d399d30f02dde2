import { link, open, rename, rm, stat } from 'node:fs/promises'

/** A whole DuckDB file has three headers of this size at least. */
const HEADERS_BYTES = 3 * 4096
const MAGIC = 'DUCK'
const MAGIC_AT = 8

/**
 * Whether a file is what is left where DuckDB was killed, or ran out of disk, while it made a database: fewer bytes than the
 * headers take (none at all, often), and those DuckDB's own or zeros. DuckDB itself takes such a file for somebody else's. False when there is none.
 */
export async function isUnfinished(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || !found.isFile() || found.size >= HEADERS_BYTES) return false
  await using file = await open(path)
  const bytes = Buffer.alloc(HEADERS_BYTES)
  const { bytesRead } = await file.read(bytes, 0, HEADERS_BYTES, 0)
  const start = bytes.subarray(0, bytesRead)
  const magic = start.subarray(MAGIC_AT, MAGIC_AT + MAGIC.length).toString('latin1')
  return magic === MAGIC || start.every((byte) => byte === 0)
}

/**
 * Removes an unfinished file; false when it is none. Another process may do the same and make the database anew in between, so
 * the file is taken aside before it is judged for good, and put back if it turns out whole.
 */
export async function removeUnfinished(path: string): Promise<boolean> {
  if (!(await isUnfinished(path))) return false
  const aside = `${path}.unfinished-${process.pid}`
  try {
    await rename(path, aside)
  } catch {
    return true
  }
  if (!(await isUnfinished(aside))) await link(aside, path)
  await rm(aside)
  return true
}
