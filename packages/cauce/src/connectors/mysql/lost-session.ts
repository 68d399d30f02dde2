import type { Clock } from '../../model/clock.ts'
import type { LoadRequest } from '../destination.ts'
import { whileReachable } from '../while-reachable.ts'
import { isLost, MysqlConnection, type ServerFacts } from './connection.ts'
import { isDuplicateKey, isLockWait } from './errors.ts'
import { findGuard, insertGuard } from './guard.ts'
import type { MysqlLocation } from './location.ts'

/** A session we can no longer talk to, with a transaction that may still be open on the server. */
export interface LostSession {
  readonly location: MysqlLocation
  readonly facts: ServerFacts
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
    const connection = await MysqlConnection.open(patient)
    try {
      return await probe(connection, session, request)
    } finally {
      connection.cut()
    }
  })
}

async function probe(
  connection: MysqlConnection,
  session: LostSession,
  request: Pick<LoadRequest, 'record' | 'duplicates'>,
): Promise<'committed' | 'rolled-back' | undefined> {
  await connection.write('START TRANSACTION')
  try {
    await insertGuard(connection, request)
    await connection.write('ROLLBACK')
    return 'rolled-back'
  } catch (error) {
    if (isLockWait(error)) {
      // The server has not noticed yet that its client is gone: a cut line without a farewell can stay so for hours.
      await endSession(connection, session.facts)
      return undefined
    }
    if (!isDuplicateKey(error)) throw error
    // A rival's row for the same bytes may also be in the way; only our own key says committed. It may have been replaced before,
    // by a load whose place this one was to take: then it says so still.
    const own = await findGuard(connection, request.record.loadKey)
    return own === undefined || own.replacedBy !== undefined ? 'rolled-back' : 'committed'
  }
}

/**
 * Ends a session on the server and waits until it is gone, its transaction rolled back.
 * @throws {CauceError} DESTINATION_UNREACHABLE when that could not be confirmed in time
 */
export async function confirmRollback(session: LostSession): Promise<void> {
  await whileReachable(patienceOf(session), async () => {
    const connection = await MysqlConnection.open(session.location)
    try {
      if (!(await endSession(connection, session.facts))) return true
      await session.clock.sleep(GONE_PAUSE_MS)
      return undefined
    } finally {
      connection.cut()
    }
  })
}

/** Ends the session if it is still there, and only if it is ours. @returns whether it was still there */
async function endSession(
  connection: MysqlConnection,
  { aliveToken, threadId }: ServerFacts,
): Promise<boolean> {
  if (aliveToken === undefined) return false
  const [row] = await connection.rows(`SELECT IS_USED_LOCK('${aliveToken}') AS holder`)
  if (Number(row?.['holder'] ?? 0) !== threadId) return false
  // It may have ended between question and order; then there is nothing to end.
  await connection.write(`KILL ${threadId}`).catch((error: unknown) => {
    if (isLost(error)) throw error
  })
  return true
}

function patienceOf({ location: { displayUrl, settleTimeoutMs }, clock }: LostSession) {
  return { displayUrl, settleTimeoutMs, clock, isLost }
}
