import { link, mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { failpoint } from '../../model/failpoint.ts'
import { draftName } from '../../perform/draft-name.ts'
import { flush, hashFile } from './durable-file.ts'
import { fileIdentity } from '../../perform/file-identity.ts'
import type { ArchivePlan } from './plan-archive.ts'
import { verifyArchive } from './verify-archive.ts'
import { writeArchive } from './write-archive.ts'

/** An archive beside its place, proven; removed when it is not put there. */
export interface DraftArchive extends AsyncDisposable {
  readonly path: string
  readonly sha256: string
  readonly sizeBytes: number
  readonly identity: string | undefined
}

/** Somebody else closed the day meanwhile. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

/** Writes an archive beside its place and reads it back. @throws what `writeArchive` and `verifyArchive` throw */
export async function draftOf(
  path: string,
  { plan, madeMs }: { readonly plan: ArchivePlan; readonly madeMs: number },
): Promise<DraftArchive> {
  await mkdir(dirname(path), { recursive: true })
  const draft = draftName(path)
  const remove = async (): Promise<void> => rm(draft, { force: true })
  try {
    await writeArchive(draft, { manifest: plan.manifest, madeMs, files: plan.files })
    await verifyArchive(draft)
    const { size } = await stat(draft)
    const sha256 = await hashFile(draft)
    const identity = await fileIdentity(draft)
    return { path: draft, sha256, sizeBytes: size, identity, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/**
 * Gives a draft its place, if what lies there is still what the draft was made from. Called again after it was done, it does
 * nothing.
 * @throws {Overtaken} when something else lies there
 */
export async function putInPlace(
  draft: DraftArchive,
  { path, expected }: { readonly path: string; readonly expected: string | undefined },
): Promise<void> {
  const found = await fileIdentity(path)
  if (found !== undefined && found === draft.identity) return
  if (found !== expected) throw new Overtaken()
  if (expected === undefined) await linkAsNew(draft.path, path)
  else await rename(draft.path, path)
  failpoint('close:after-rename')
  await flush(dirname(path))
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** A rename would replace what another pipeline put there between our look and our act. */
async function linkAsNew(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'EEXIST') throw new Overtaken()
    if (!NO_LINKS.has(code)) throw error
    await rename(draft, path)
  }
}
