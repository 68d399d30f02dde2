import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hostWord } from './draft-name.ts'
import { isMissing } from './file-identity.ts'

const DAY_MS = 86_400_000

/** As `draftName` makes them. */
const DRAFT = /^(.+)\.([A-Za-z0-9_-]+)\.(\d+)\.[0-9a-f]{8}\.part$/

/**
 * Removes drafts of files whose names match, left by processes that are gone: of this machine at once, of others when they are a
 * day old. A folder that is not there has none.
 */
export async function removeDrafts(folder: string, names: RegExp, nowMs: number): Promise<void> {
  const found = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  for (const name of found) {
    const [, base = '', host = '', pid = ''] = DRAFT.exec(name) ?? []
    if (base === '' || !names.test(base)) continue
    const path = join(folder, name)
    const isLeft = host === hostWord() && !isRunning(Number(pid))
    if (isLeft || (await isOld(path, nowMs))) await rm(path, { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function isOld(path: string, nowMs: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && nowMs - found.mtimeMs > DAY_MS
}
