import path from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import type { Ledger } from './ledger-access.ts'
import { migrateLedger } from './migrate-ledger.ts'
import { openPostgresLedger } from './postgres-ledger.ts'
import { postgresLocation } from './postgres-location.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'

/**
 * Opens the ledger, creating it when absent and bringing it to the newest shape. Any number of processes may have it open:
 * - `sqlite:<path>` (relative to the current directory): those of one machine;
 * - `postgres://user:password@host:port/database?schema=cauce`: those of many.
 * @throws {CauceError} CONFIG_INVALID: no such scheme, a network file system, no such database, a newer ledger; DRIVER_MISSING;
 *   LEDGER_ACCESS, LEDGER_UNREACHABLE, LEDGER_FAILED, DISK_FULL
 */
export async function openLedger(url: string): Promise<Ledger> {
  const ledger = await openHome(url)
  try {
    await migrateLedger(ledger)
  } catch (error) {
    await ledger.close()
    throw error
  }
  return ledger
}

async function openHome(url: string): Promise<Ledger> {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(url) ?? []
  switch (scheme.toLowerCase()) {
    case 'sqlite':
      if (rest !== '') return openSqliteLedger(path.resolve(rest))
      break
    case 'postgres':
    case 'postgresql':
      return openPostgresLedger(postgresLocation(url))
    default:
  }
  // A url may hold a password: only its scheme is shown.
  const shown = scheme === '' ? 'a text without a scheme' : `${scheme}:`
  throw new CauceError('CONFIG_INVALID', {
    where: 'ledger',
    detail: `${shown} is not a place for a ledger. Write sqlite:<path> or postgres://user:password@host/database`,
    detalle: `${shown} no es lugar para una bitácora. Escriba sqlite:<ruta> o postgres://usuario:clave@servidor/base`,
  })
}
