import { existsSync } from 'node:fs'
import type { Ledger } from './ledger-access.ts'
import { type LedgerPlace, ledgerPlace } from './ledger-place.ts'
import { isMigrated, migrateLedger } from './migrate-ledger.ts'
import { openPostgresLedger } from './postgres-ledger.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'

/**
 * Opens the ledger, creating it when absent and bringing it to the newest shape. Any number of processes may have it open:
 * - `sqlite:<path>` (relative to the current directory): those of one machine;
 * - `postgres://user:password@host:port/database?schema=cauce`: those of many.
 * @throws {CauceError} CONFIG_INVALID: no such scheme, a network file system, no such database, a newer ledger; DRIVER_MISSING;
 *   LEDGER_ACCESS, LEDGER_UNREACHABLE, LEDGER_FAILED, DISK_FULL
 */
export async function openLedger(url: string): Promise<Ledger> {
  const ledger = await openPlace(ledgerPlace(url))
  return unlessItFails(ledger, async () => {
    await migrateLedger(ledger)
    return ledger
  })
}

/** As `openLedger`, but undefined where there is none: who only asks leaves none behind. */
export async function openExistingLedger(url: string): Promise<Ledger | undefined> {
  const place = ledgerPlace(url)
  if (place.dialect === 'sqlite' && !existsSync(place.file)) return undefined
  const ledger = await openPlace(place)
  return unlessItFails(ledger, async () => {
    if (place.dialect === 'postgres' && !(await isMigrated(ledger))) {
      await ledger.close()
      return undefined
    }
    await migrateLedger(ledger)
    return ledger
  })
}

async function openPlace(place: LedgerPlace): Promise<Ledger> {
  return place.dialect === 'sqlite' ? openSqliteLedger(place.file) : openPostgresLedger(place.location)
}

async function unlessItFails<Answer>(ledger: Ledger, prepare: () => Promise<Answer>): Promise<Answer> {
  try {
    return await prepare()
  } catch (error) {
    await ledger.close()
    throw error
  }
}
