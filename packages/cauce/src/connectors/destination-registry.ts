import { CauceError } from '../model/cauce-error.ts'
import type { Destination, OpenDestination } from './destination.ts'

/** Every destination connector by the scheme of its URLs. Lazy, so an unused one and its driver cost no start-up time. */
const destinations: Readonly<Record<string, () => Promise<OpenDestination>>> = {
  duckdb: async () => (await import('./duckdb/destination.ts')).openDuckdbDestination,
  mysql: async () => (await import('./mysql/destination.ts')).openMysqlDestination,
  mariadb: async () => (await import('./mysql/destination.ts')).openMysqlDestination,
  postgres: async () => (await import('./postgres/destination.ts')).openPostgresDestination,
  postgresql: async () => (await import('./postgres/destination.ts')).openPostgresDestination,
}

/**
 * Opens the destination a URL names. Nothing is connected yet.
 * @throws {CauceError} CONFIG_INVALID for an unknown scheme or a wrong URL, DRIVER_MISSING
 */
export async function openDestination(url: string): Promise<Destination> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? ''
  const connector = Object.hasOwn(destinations, scheme) ? destinations[scheme] : undefined
  if (connector === undefined)
    throw new CauceError('CONFIG_INVALID', {
      // What stands before a colon is a scheme; the rest of a URL may hold a password.
      where: scheme === '' ? 'destination' : `destination ${scheme}:…`,
      detail: `no connector writes to it; write duckdb:FILE, mysql://user:password@host/database or postgres://user:password@host/database`,
    })
  const open = await connector()
  return open(url)
}
