import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isProvenDead, type ProcessIdentity } from '../ledger/process-identity.ts'
import type { ProjectHome } from './project-home.ts'

const OWNER_FILE = 'owner.json'

/** A part of the spool that belongs to one process and goes with it. */
export interface ProcessSpool extends AsyncDisposable {
  readonly folder: string
}

/** Makes this process's part of the spool. Several runs of one process share the part of none: `purpose` tells them apart. */
export async function openSpool(
  { spool }: ProjectHome,
  owner: ProcessIdentity,
  purpose = 'run',
): Promise<ProcessSpool> {
  const folder = join(spool, `${purpose}-${owner.pid}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, OWNER_FILE), JSON.stringify(owner))
  return {
    folder,
    [Symbol.asyncDispose]: async () => rm(folder, { recursive: true, force: true }),
  }
}

/** Removes the parts of processes that are proven dead: what a kill left behind. */
export async function clearSpool({ spool }: ProjectHome): Promise<void> {
  for (const name of await readdir(spool)) {
    const folder = join(spool, name)
    const owner = await ownerOf(folder)
    if (owner === undefined ? !isRunning(name) : await isProvenDead(owner))
      await rm(folder, { recursive: true, force: true })
  }
}

/** A part whose owner is not written down yet may be in the making. */
function isRunning(name: string): boolean {
  try {
    process.kill(Number(name.slice(name.lastIndexOf('-') + 1)), 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function ownerOf(folder: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, OWNER_FILE), 'utf8')) as ProcessIdentity
  } catch {
    return undefined
  }
}
