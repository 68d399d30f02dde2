import { decoded, invalid, localPath, oneOf, seconds, type UrlOptions, urlOptions } from '../url-options.ts'

/** Where a MySQL or MariaDB database lies and how to get in, as its URL says. */
export interface MysqlLocation {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** undefined: plain. Otherwise the server must prove itself: trusted certificate, right name. */
  readonly tls: TlsFiles | undefined
  /** How long a connection may take to come about. */
  readonly connectTimeoutMs: number
  /** How long a row lock is waited for within a load. */
  readonly lockWaitSeconds: number
  /** How long the outcome of a COMMIT whose reply was lost is asked for. */
  readonly settleTimeoutMs: number
  /** `off`: rows go by INSERT even where LOAD DATA LOCAL INFILE is allowed. */
  readonly localInfile: 'auto' | 'off'
  /** For people: no password, no options. */
  readonly displayUrl: string
}

export interface TlsFiles {
  /** Certificates to trust; undefined: the system's. */
  readonly caPath: string | undefined
  readonly certPath: string | undefined
  readonly keyPath: string | undefined
  /** The name the server's certificate must carry. */
  readonly serverName: string
}

/**
 * Reads `mysql://user[:password]@host[:port]/database?options` (`mariadb://` is the same). Options: `ssl` (`off` or
 * `required`), `ca`, `cert`, `key` (files), `server_name`, `timeout`, `lock_wait`, `settle` (seconds), `local_infile` (`auto`
 * or `off`). Everything may be percent-encoded. `homeFolder` is ours, for paths that begin with `~/`.
 *
 * Taken apart by hand: `new URL` puts the whole URL, password included, into its errors.
 *
 * @throws {CauceError} CONFIG_INVALID, never with a part of the URL that may be secret
 */
export function mysqlLocation(url: string, homeFolder: string): MysqlLocation {
  const found = MYSQL_URL.exec(url)?.groups
  if (found === undefined)
    throw invalid(
      'mysql:// destination',
      'is not of the form mysql://user[:password]@host[:port]/database[?options]; ' +
        'in user, password and database write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23 and % as %25',
    )
  const shownHost = found['host'] ?? ''
  const where = `destination mysql://${shownHost}`
  const port = found['port'] === undefined ? 3306 : Number(found['port'])
  if (port < 1 || port > 65_535) throw invalid(where, 'the port must lie between 1 and 65535')
  const user = decoded(found['user'] ?? '', where, 'the user')
  if (user === '') throw invalid(where, 'the user is missing; write mysql://user@host/database')
  const database = decoded(found['database'] ?? '', where, 'the database')
  if (database === '') throw invalid(where, 'the database is missing; write mysql://user@host/database')
  const host = shownHost.replace(/^\[|\]$/g, '').toLowerCase()
  return {
    host,
    port,
    user,
    password: decoded(found['password'] ?? '', where, 'the password'),
    database,
    displayUrl: `mysql://${encodeURIComponent(user)}@${shownHost}${port === 3306 ? '' : `:${port}`}/${encodeURIComponent(database)}`,
    ...optionsOf(found['query'] ?? '', { where, host, homeFolder }),
  }
}

const MYSQL_URL =
  /^(?:mysql|mariadb):\/\/(?:(?<user>[^@:/?#\s]*)(?::(?<password>[^@/?#\s]*))?@)?(?<host>\[[0-9a-f:.]+\]|[^@:/?#[\]\s]+)(?::(?<port>\d{1,6}))?(?:\/(?<database>[^/?#]*))?(?:\?(?<query>[^#]*))?$/i

const OPTIONS = ['ssl', 'ca', 'cert', 'key', 'server_name', 'timeout', 'lock_wait', 'settle', 'local_infile']

interface Reading {
  readonly where: string
  readonly host: string
  readonly homeFolder: string
}

type Options = Pick<
  MysqlLocation,
  'tls' | 'connectTimeoutMs' | 'lockWaitSeconds' | 'settleTimeoutMs' | 'localInfile'
>

function optionsOf(query: string, reading: Reading): Options {
  const values = urlOptions({ query, known: OPTIONS, where: reading.where })
  return {
    tls: tlsOf(values, reading),
    connectTimeoutMs: seconds(values, 'timeout', 10, reading.where) * 1_000,
    lockWaitSeconds: seconds(values, 'lock_wait', 20, reading.where),
    settleTimeoutMs: seconds(values, 'settle', 60, reading.where) * 1_000,
    localInfile: oneOf(values, 'local_infile', ['auto', 'off'], reading.where),
  }
}

const TLS_OPTIONS = ['ca', 'cert', 'key', 'server_name']

function tlsOf(values: UrlOptions, { where, host, homeFolder }: Reading): TlsFiles | undefined {
  if (oneOf(values, 'ssl', ['off', 'required'], where) === 'off') {
    const stray = TLS_OPTIONS.find((name) => values.has(name))
    if (stray !== undefined) throw invalid(where, `the option ${stray} needs ssl=required`)
    return undefined
  }
  if (values.has('cert') !== values.has('key'))
    throw invalid(where, 'the options cert and key belong together')
  const serverName = values.get('server_name') ?? host
  // The driver hands no address to the TLS library, which would then compare the certificate with `localhost`.
  if (/^[\d.]+$|:/.test(serverName))
    throw invalid(
      where,
      'ssl=required checks the name in the certificate: use that name as host, or add server_name=NAME',
    )
  const file = (name: string): string | undefined => {
    const path = values.get(name)
    return path === undefined ? undefined : localPath(path, { where, option: name, homeFolder })
  }
  return { caPath: file('ca'), certPath: file('cert'), keyPath: file('key'), serverName }
}
