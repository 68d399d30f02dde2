import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isProvenDead, type ProcessIdentity } from '../ledger/process-identity.ts'
import type { ProjectHome } from './project-home.ts'

const OWNER_FILE = 'owner.json'

/** A part of the spool that belongs to one process and goes with it. */
export interface ProcessSpool extends AsyncDisposable {
  readonly folder: string
}

/** A part whose owner is not written down yet. */
const IN_THE_MAKING = 'making-'

/** Takes milliseconds; the clocks of machines that share a home may differ. */
const MAKING_MS = 600_000

/**
 * Makes a part of the spool for this process and this purpose alone. Containers that share a home are all process 1, so its name
 * is made up; it stands in the spool only once its owner stands in it.
 */
export async function openSpool(
  { spool }: ProjectHome,
  owner: ProcessIdentity,
  purpose = 'run',
): Promise<ProcessSpool> {
  await mkdir(spool, { recursive: true, mode: 0o700 })
  const draft = await mkdtemp(join(spool, IN_THE_MAKING))
  const folder = join(spool, `${purpose}-${basename(draft).slice(IN_THE_MAKING.length)}`)
  try {
    await writeFile(join(draft, OWNER_FILE), JSON.stringify(owner))
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
  return {
    folder,
    [Symbol.asyncDispose]: async () => rm(folder, { recursive: true, force: true }),
  }
}

/**
 * Removes the parts of processes that are proven dead: what a kill left behind. One that lost its owner was being removed, one
 * that has long been in the making was left by somebody who died over it.
 */
export async function clearSpool({ spool }: ProjectHome, nowMs: number): Promise<void> {
  for (const name of await readdir(spool)) {
    const folder = join(spool, name)
    const owner = await ownerOf(folder)
    const isLeft =
      owner !== undefined
        ? await isProvenDead(owner)
        : !name.startsWith(IN_THE_MAKING) || (await isOlder(folder, nowMs - MAKING_MS))
    if (isLeft) await rm(folder, { recursive: true, force: true })
  }
}

/** Whether it was touched last before a moment; what is gone meanwhile was not. */
async function isOlder(folder: string, thanMs: number): Promise<boolean> {
  return stat(folder).then(
    ({ mtimeMs }) => mtimeMs < thanMs,
    () => false,
  )
}

async function ownerOf(folder: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, OWNER_FILE), 'utf8')) as ProcessIdentity
  } catch {
    return undefined
  }
}
