import path from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import { type PostgresLocation, postgresLocation } from './postgres-location.ts'

/** Where a ledger lies, as its URL says. `displayUrl` is for people: no password, no options. */
export type LedgerPlace =
  | { readonly dialect: 'sqlite'; readonly displayUrl: string; readonly file: string }
  | { readonly dialect: 'postgres'; readonly displayUrl: string; readonly location: PostgresLocation }

/**
 * Reads `sqlite:<path>` (relative to the current directory) or `postgres://user:password@host/database?schema=cauce`. Nothing is
 * opened. @throws {CauceError} CONFIG_INVALID, never with a part of the URL that may be secret
 */
export function ledgerPlace(url: string): LedgerPlace {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(url) ?? []
  switch (scheme.toLowerCase()) {
    case 'sqlite': {
      if (rest === '') break
      const file = path.resolve(rest)
      return { dialect: 'sqlite', displayUrl: `sqlite:${file}`, file }
    }
    case 'postgres':
    case 'postgresql': {
      const location = postgresLocation(url)
      return { dialect: 'postgres', displayUrl: location.displayUrl, location }
    }
    default:
  }
  const shown = scheme === '' ? 'a text without a scheme' : `${scheme}:`
  const mostrado = scheme === '' ? 'un texto sin esquema' : `${scheme}:`
  throw new CauceError('CONFIG_INVALID', {
    where: 'ledger',
    detail: `${shown} is not a place for a ledger. Write sqlite:<path> or postgres://user:password@host/database`,
    detalle: `${mostrado} no es lugar para una bitácora. Escriba sqlite:<ruta> o postgres://usuario:clave@servidor/base`,
  })
}
