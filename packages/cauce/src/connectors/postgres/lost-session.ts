import type { Clock } from '../../model/clock.ts'
import type { LoadRequest } from '../destination.ts'
import { whileReachable } from '../while-reachable.ts'
import { PostgresConnection, type TransactionFacts } from './connection.ts'
import { isLockWait } from './errors.ts'
import { findGuard, insertGuard } from './guard.ts'
import type { PostgresLocation } from './location.ts'
import { isLost } from '../../model/postgres-lost.ts'

/** A session we can no longer talk to, with a transaction that may still be open on the server. */
export interface LostSession {
  readonly location: PostgresLocation
  /** Undefined: it had none. */
  readonly facts: TransactionFacts | undefined
  readonly clock: Clock
}

/** How long the probe for a guard row waits for a transaction that is still open, before that is ended. */
const PROBE_WAIT_SECONDS = 5
const GONE_PAUSE_MS = 20

/**
 * Settles a COMMIT whose reply was lost: inserts the guard key again in a new transaction, which waits for the old one. A duplicate
 * means committed; otherwise the probe is rolled back, and the load did not happen. A server that is away is waited for.
 * @throws {CauceError} DESTINATION_UNREACHABLE when the database could not be asked in time
 */
export async function settleLostCommit(
  session: LostSession,
  request: Pick<LoadRequest, 'record' | 'duplicates'>,
): Promise<'committed' | 'rolled-back'> {
  const { location } = session
  const patient = { ...location, lockWaitSeconds: PROBE_WAIT_SECONDS }
  return whileReachable(patienceOf(session), async () => {
    const connection = await PostgresConnection.open(patient)
    try {
      return await probe(connection, session, request)
    } finally {
      connection.cut()
    }
  })
}

async function probe(
  connection: PostgresConnection,
  session: LostSession,
  request: Pick<LoadRequest, 'record' | 'duplicates'>,
): Promise<'committed' | 'rolled-back' | undefined> {
  await connection.begin()
  try {
    if (await insertGuard(connection, request)) {
      await connection.rollback()
      return 'rolled-back'
    }
    // A rival's row for the same bytes may also be in the way; only our own key says committed. It may have been replaced before,
    // by a load whose place this one was to take: then it says so still.
    const own = await findGuard(connection, request.record.loadKey)
    await connection.rollback()
    return own === undefined || own.replacedBy !== undefined ? 'rolled-back' : 'committed'
  } catch (error) {
    if (!isLockWait(error)) throw error
    // The server has not noticed yet that its client is gone: a cut line without a farewell can stay so for hours.
    await connection.rollback()
    await endSession(connection, session.facts)
    return undefined
  }
}

/**
 * Ends a session on the server and waits until it is gone, its transaction rolled back.
 * @throws {CauceError} DESTINATION_UNREACHABLE when that could not be confirmed in time
 */
export async function confirmRollback(session: LostSession): Promise<void> {
  // What had not begun, as far as we heard, has done nothing.
  if (session.facts === undefined) return
  await whileReachable(patienceOf(session), async () => {
    const connection = await PostgresConnection.open(session.location)
    try {
      if (!(await endSession(connection, session.facts))) return true
      await session.clock.sleep(GONE_PAUSE_MS)
      return undefined
    } finally {
      connection.cut()
    }
  })
}

/**
 * Ends the session if it is still in our transaction, be it that it is undoing it: until that is over it keeps its locks.
 * @returns whether it was
 */
async function endSession(
  connection: PostgresConnection,
  facts: TransactionFacts | undefined,
): Promise<boolean> {
  if (facts === undefined) return false
  const ended = await connection.rows(
    `select pg_catalog.pg_terminate_backend(pid) as told from pg_catalog.pg_stat_activity
    where pid = $1 and (extract(epoch from xact_start) * 1000000)::bigint = $2`,
    [facts.pid, facts.startedUs],
  )
  return ended.length > 0
}

function patienceOf({ location: { displayUrl, settleTimeoutMs }, clock }: LostSession) {
  return { displayUrl, settleTimeoutMs, clock, isLost }
}
