import { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'

const RECONNECT_PAUSE_MS = 250

interface Patience {
  readonly displayUrl: string
  /** How long is asked before the server counts as gone. */
  readonly settleTimeoutMs: number
  readonly clock: Clock
  /** Whether an error of the driver means that there is no connection. */
  readonly isLost: (error: unknown) => boolean
}

/**
 * Asks a server what became of a session that was lost: again while the answer is undefined or it cannot be reached.
 * @throws {CauceError} DESTINATION_UNREACHABLE when the time for it is over
 */
export async function whileReachable<Answer>(
  { displayUrl, settleTimeoutMs, clock, isLost }: Patience,
  question: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const deadline = clock.now() + settleTimeoutMs
  let last: unknown
  while (clock.now() < deadline) {
    try {
      const answer = await question()
      if (answer !== undefined) return answer
    } catch (error) {
      if (!isLost(error)) throw error
      last = error
      await clock.sleep(RECONNECT_PAUSE_MS)
    }
  }
  throw new CauceError(
    'DESTINATION_UNREACHABLE',
    {
      url: displayUrl,
      detail: 'the connection broke and what became of the load could not be asked; the next try finds out',
    },
    { cause: last },
  )
}
