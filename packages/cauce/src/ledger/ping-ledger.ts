import { type Ledger, readLedger } from './ledger-access.ts'

/** Asks the ledger the least there is to ask. @throws {CauceError} LEDGER_* when it does not answer */
export async function pingLedger(ledger: Ledger): Promise<void> {
  await readLedger(ledger, (db) => db.selectFrom('plan').select('hash').limit(1).execute())
}
