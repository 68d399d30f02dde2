import type { Insertable, Transaction } from 'kysely'
import type { LedgerTables } from './tables.ts'

/** A change of state as history keeps it. */
export type Transition = Omit<Insertable<LedgerTables['transition']>, 'id'>

/** Writes history; part of every transaction that changes a state. */
export async function recordTransitions(
  transaction: Transaction<LedgerTables>,
  transitions: readonly Transition[],
): Promise<void> {
  if (transitions.length > 0) await transaction.insertInto('transition').values(transitions).execute()
}
