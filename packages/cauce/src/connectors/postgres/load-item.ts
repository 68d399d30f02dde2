import { CauceError } from '../../model/cauce-error.ts'
import type { LoadHooks, LoadRecord, LoadRequest, LoadResult } from '../destination.ts'
import { GuardMoved } from '../guard-rules.ts'
import { LOCK_TRIES, pauseAfterConflict } from '../lock-tries.ts'
import type { ConnectionHolder } from './connection-holder.ts'
import type { PostgresConnection } from './connection.ts'
import { isLockConflict, isLockWait, toPostgresError } from './errors.ts'
import type { LoadTools } from './load-tools.ts'
import { fillTransaction, type Progress } from './load-transaction.ts'
import { settleLostCommit } from './lost-session.ts'
import { isLost } from '../../model/postgres-lost.ts'
import { undo } from './undo.ts'

/** While a load waits for a rival at its door it holds nothing, so it can be patient. */
const PATIENCE_MS = 300_000

/** Loads one item in one transaction; see `Destination.load`. */
export async function loadItem(
  holder: ConnectionHolder,
  request: LoadRequest,
  hooks: LoadHooks,
): Promise<LoadResult> {
  const { clock } = holder
  const patienceEnds = clock.now() + PATIENCE_MS
  for (let tries = 1; ;) {
    const progress: Progress = { waiting: true }
    try {
      return await attemptLoad(holder, request, hooks, progress)
    } catch (error) {
      const outOfTheWay = error instanceof GuardMoved
      if (!outOfTheWay && !isLockConflict(error)) throw error
      const patient = progress.waiting && isLockWait(error) && clock.now() < patienceEnds
      if (!patient && ++tries > LOCK_TRIES)
        throw outOfTheWay
          ? new CauceError('DESTINATION_BUSY', {
              url: holder.location.displayUrl,
              detail: 'rivals keep getting in our way',
            })
          : toPostgresError(error, { displayUrl: holder.location.displayUrl })
      await pauseAfterConflict(clock, tries)
    }
  }
}

async function attemptLoad(
  holder: ConnectionHolder,
  request: LoadRequest,
  hooks: LoadHooks,
  progress: Progress,
): Promise<LoadResult> {
  const { signal } = hooks
  signal.throwIfAborted()
  const tools = await holder.tools()
  // Apart from the load, whose transaction is long: who makes tables keeps others from doing so.
  await prepareFor(holder, tools, request)
  hooks.at('before-guard')
  const { connection } = await begin(holder, tools)
  const cut = (): void => connection.cut()
  let replaced: readonly LoadRecord[]
  signal.addEventListener('abort', cut, { once: true })
  try {
    const filled = await fillTransaction({ ...tools, connection }, request, hooks, progress)
    if (filled.kind !== 'taken') {
      await connection.rollback()
      return filled
    }
    replaced = filled.replaced
    hooks.at('before-commit')
    signal.throwIfAborted()
  } catch (error) {
    await undo(connection, holder, { confirmed: signal.aborted })
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', cut)
  }
  await commit(holder, connection, request, hooks)
  return replaced.length === 0 ? { kind: 'loaded' } : { kind: 'loaded', replaced }
}

async function prepareFor(
  holder: ConnectionHolder,
  { connection, prepared, displayUrl }: LoadTools,
  { tables, report, replacing }: LoadRequest,
): Promise<void> {
  const shapes = [
    ...tables,
    ...[report?.table, replacing?.report?.table].filter((shape) => shape !== undefined),
  ]
  try {
    await prepared.prepare(connection, shapes, displayUrl)
  } catch (error) {
    await undo(connection, holder, { confirmed: false })
    throw error
  }
}

/** The kept connection may have died while it was idle: then a new one begins the transaction. */
async function begin(holder: ConnectionHolder, tools: LoadTools): Promise<LoadTools> {
  try {
    await tools.connection.beginWithin(holder.location.connectTimeoutMs)
    return tools
  } catch (error) {
    if (!isLost(error)) throw error
    tools.connection.cut()
    const fresh = await holder.tools()
    await fresh.connection.begin()
    return fresh
  }
}

async function commit(
  holder: ConnectionHolder,
  connection: PostgresConnection,
  request: LoadRequest,
  hooks: LoadHooks,
): Promise<void> {
  try {
    await connection.commit('load')
  } catch (error) {
    // Lost or refused: what the server made of it is for the server to say.
    connection.cut()
    const outcome = await settleLostCommit(
      { location: holder.location, clock: holder.clock, facts: connection.facts },
      request,
    )
    if (outcome === 'rolled-back') {
      hooks.signal.throwIfAborted()
      throw error
    }
  }
  hooks.at('after-commit')
}
