import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, rename, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { sha256Hex } from '../model/load-key.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import { openSpool } from '../dispatch/process-spool.ts'
import { draftName } from '../perform/draft-name.ts'
import { ensureHome } from '../dispatch/project-home.ts'
import { recordReplay } from '../dispatch/record-replay.ts'
import { runPipeline } from '../dispatch/run-pipeline.ts'
import { ownIdentity } from '../ledger/process-identity.ts'
import type { RecordedItem } from '../ledger/record-items.ts'
import { dateInZone } from '../plan/periods.ts'
import { checkMended } from './check-mended.ts'
import { mendableLoad } from './mendable-load.ts'
import type { ReplayRejects, ReplayRejectsRequest } from './rejects-types.ts'
import { writeMendable } from './write-mendable.ts'

/**
 * Sends rejects back through the contract as an item of their own, linked to the load they come from: mended by a person, or
 * as they were kept (after a rule changed). A record is loaded at most once, however often it is sent.
 */
export const replayRejects: ReplayRejects = async (request) => {
  const { home, ledger, plan, settings, item, clock, signal, emit } = request
  const originLoadKey = await mendableLoad(ledger, item)
  await ensureHome(home)
  const key = await layInPlace(request, originLoadKey)
  let recorded: RecordedItem | undefined
  const result = await runPipeline({
    plan,
    settings,
    ledger,
    home,
    clock,
    signal,
    jobs: 1,
    find: async (context) => {
      if (key === undefined) return []
      const { size: sizeBytes } = await stat(join(home.replays, key))
      recorded = await recordReplay(context, { key, sizeBytes, modifiedMs: LAID_MS, originLoadKey })
      return [recorded.item.id]
    },
    emit,
  })
  const isDone = recorded !== undefined && !recorded.isNew && result.items.length === 0
  return { ...result, known: isDone ? recorded?.item : undefined }
}

/** Every file of rows to replay is dated so: the same rows are the same version, whenever and however often they are laid. */
const LAID_MS = Date.UTC(2000, 0, 1)

/**
 * Puts the rows to replay into the home folder, named by origin, content and plan: the same rows again are the same item, unless
 * a rule was changed since.
 * @returns the file's name; undefined when no row is left to be replayed
 */
async function layInPlace(request: ReplayRejectsRequest, loadKey: string): Promise<string | undefined> {
  const { home, plan, item, mendedPath } = request
  await using spool = await openSpool(home, await ownIdentity(), `replay_${item.id}`)
  const draft = join(spool.folder, 'rows.csv')
  if (mendedPath === undefined) {
    const { rows } = await writeMendable({ ...request, loadKey }, draft)
    if (rows === 0) return undefined
  } else await takeMended(request, { mendedPath, loadKey, path: draft })
  const hash = createHash('sha256')
  await pipeline(createReadStream(draft), hash)
  const identity = sha256Hex(`${loadKey} ${hash.digest('hex')} ${plan.hash}`)
  const name = `replay-${item.id}-${identity.slice(0, 20)}.csv`
  const place = join(home.replays, name)
  const part = draftName(place)
  await copyFile(draft, part)
  await utimes(part, LAID_MS / 1000, LAID_MS / 1000)
  await rename(part, place)
  return name
}

async function takeMended(
  { home, plan, settings, item, clock, signal }: ReplayRejectsRequest,
  {
    mendedPath,
    loadKey,
    path,
  }: { readonly mendedPath: string; readonly loadKey: string; readonly path: string },
): Promise<void> {
  await copyFile(mendedPath, path).catch((error: unknown) => {
    throw toCauceError(error, { code: 'CONFIG_INVALID', details: { where: mendedPath } })
  })
  const referenceDate = settings.referenceDate ?? dateInZone(clock.now(), plan.reference.timezone)
  await checkMended({ home, plan, item, loadKey, referenceDate, mendedPath, path, signal })
}
