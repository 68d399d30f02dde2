import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { CauceError } from '../model/cauce-error.ts'
import { sha256Hex } from '../model/load-key.ts'
import { runPipeline } from '../dispatch/run-pipeline.ts'
import { ownIdentity } from '../ledger/process-identity.ts'
import { openSpool } from '../dispatch/process-spool.ts'
import { ensureHome } from '../dispatch/project-home.ts'
import { recordReplay } from '../dispatch/record-replay.ts'
import { exportRejects } from './export-rejects.ts'
import type { ReplayRejects, ReplayRejectsRequest } from './rejects-types.ts'

/**
 * Sends rejects back through the contract as an item of their own, linked to the load they come from: mended by a person, or
 * as they were kept (after a rule changed). A record is loaded at most once, however often it is sent.
 */
export const replayRejects: ReplayRejects = async (request) => {
  const { home, ledger, plan, settings, item, clock, signal, emit } = request
  if (item.loadKey === null || item.kind === 'replay')
    throw new CauceError('REJECTS_UNREADABLE', {
      file: item.key,
      detail: 'it is not a load that kept rejects',
    })
  await ensureHome(home)
  const key = await layInPlace(request, item.loadKey)
  const { size, mtimeMs } = await stat(join(home.replays, key))
  return runPipeline({
    plan,
    settings,
    ledger,
    home,
    clock,
    signal,
    jobs: 1,
    find: (context) =>
      recordReplay(context, {
        key,
        sizeBytes: size,
        modifiedMs: Math.floor(mtimeMs),
        originLoadKey: item.loadKey ?? '',
      }),
    emit,
  })
}

/** Puts the rows to replay into the home folder, named by origin and content: the same rows again are the same item. */
async function layInPlace(
  { home, ledger, plan, item, mendedPath }: ReplayRejectsRequest,
  loadKey: string,
): Promise<string> {
  await using spool = await openSpool(home, await ownIdentity(), `replay_${item.id}`)
  const draft = join(spool.folder, 'rows.csv')
  if (mendedPath === undefined) await exportRejects({ home, ledger, plan, item, outPath: draft })
  else await copyFile(mendedPath, draft)
  const hash = createHash('sha256')
  await pipeline(createReadStream(draft), hash)
  // As kept, the same rows may be sent again whenever the plan has changed: they are then another item.
  const name = `${loadKey.slice(0, 16)}-${sha256Hex(`${hash.digest('hex')}${mendedPath === undefined ? plan.hash : ''}`).slice(0, 16)}.csv`
  const place = join(home.replays, name)
  const known = await stat(place).catch(() => undefined)
  if (known === undefined) {
    await copyFile(draft, `${place}.part`)
    await rename(`${place}.part`, place)
  }
  return name
}
