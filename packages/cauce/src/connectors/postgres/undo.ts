import type { PostgresConnection } from './connection.ts'
import type { ConnectionHolder } from './connection-holder.ts'
import { isLost } from '../../model/postgres-lost.ts'
import { confirmRollback } from './lost-session.ts'

/** How long a lost session is looked for when nobody asked to be sure of its end. */
const LOOK_MS = 5_000

/**
 * Undoes the transaction under way, and with it every staging table. Where the line is broken the server may
 * not have noticed, and would keep the locks: then the session is ended from another. Who cancels wants that confirmed; otherwise
 * a server that is away is left to itself.
 */
export async function undo(
  connection: PostgresConnection,
  { location, clock }: Pick<ConnectionHolder, 'location' | 'clock'>,
  { confirmed }: { readonly confirmed: boolean },
): Promise<void> {
  try {
    if (connection.usable) {
      await connection.rollback()
      return
    }
  } catch (error) {
    if (!isLost(error)) throw error
  }
  connection.cut()
  const { facts } = connection
  if (confirmed) await confirmRollback({ location, clock, facts })
  else
    await confirmRollback({ location: { ...location, settleTimeoutMs: LOOK_MS }, clock, facts }).catch(
      () => undefined,
    )
}
