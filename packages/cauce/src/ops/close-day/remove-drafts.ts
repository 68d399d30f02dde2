import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hostWord } from '../../perform/draft-name.ts'
import { isMissing } from '../../perform/file-identity.ts'

const DAY_MS = 86_400_000

/** Files of ours that are written beside their place first. */
const DRAFT =
  /^(?:backup_\d{8}\.zip|report_\d{8}\.(?:md|html|json))\.([A-Za-z0-9_-]+)\.(\d+)\.[0-9a-f]{8}\.part$/

/** Removes drafts of processes that are gone: of this machine at once, of others when they are a day old. */
export async function removeDrafts(folder: string, nowMs: number): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  for (const name of names) {
    const [, host, pid] = DRAFT.exec(name) ?? []
    if (host === undefined || pid === undefined) continue
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
