import { randomUUID } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectHome } from '../dispatch/project-home.ts'

/** Two processes share a home exactly when they read the same id in it, whatever path each of them has it under. */
const FILE = 'home-id'

/** The id in a home; undefined where nothing was kept yet. */
export async function readHomeId({ folder }: Pick<ProjectHome, 'folder'>): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, FILE), 'utf8')).trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** The id in a home that exists, given to it first where it has none; rivals that give one at once agree on one. */
export async function ensureHomeId(home: Pick<ProjectHome, 'folder'>): Promise<string> {
  const known = await readHomeId(home)
  if (known !== undefined) return known
  const id = randomUUID()
  const draft = join(home.folder, `${FILE}.${id}`)
  await writeFile(draft, `${id}\n`, { mode: 0o600 })
  try {
    // A link is there whole or not at all, also over NFS, and never takes the place of another.
    await link(draft, join(home.folder, FILE))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
  return (await readHomeId(home)) ?? id
}
