import { isAbsolute, join } from 'node:path'
import { CauceError } from '../../model/cauce-error.ts'

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
  const values = optionValues(query, reading.where)
  return {
    tls: tlsOf(values, reading),
    connectTimeoutMs: seconds(values, 'timeout', 10, reading.where) * 1_000,
    lockWaitSeconds: seconds(values, 'lock_wait', 20, reading.where),
    settleTimeoutMs: seconds(values, 'settle', 60, reading.where) * 1_000,
    localInfile: oneOf(values, 'local_infile', ['auto', 'off'], reading.where),
  }
}

function optionValues(query: string, where: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const option of query.split('&').filter((text) => text !== '')) {
    const at = option.indexOf('=')
    const name = at < 0 ? option : option.slice(0, at)
    if (!OPTIONS.includes(name))
      throw invalid(where, `an option in it is not known; known are ${OPTIONS.join(', ')}`)
    const value = decoded(at < 0 ? '' : option.slice(at + 1), where, `the option ${name}`)
    if (value === '') throw invalid(where, `the option ${name} is empty`)
    if (values.has(name)) throw invalid(where, `the option ${name} is given more than once`)
    values.set(name, value)
  }
  return values
}

const TLS_OPTIONS = ['ca', 'cert', 'key', 'server_name']

function tlsOf(
  values: ReadonlyMap<string, string>,
  { where, host, homeFolder }: Reading,
): TlsFiles | undefined {
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
    if (path === undefined) return undefined
    if (path.startsWith('~/')) return join(homeFolder, path.slice(1))
    if (!isAbsolute(path))
      throw invalid(where, `the option ${name} must be an absolute path or begin with ~/`)
    return path
  }
  return { caPath: file('ca'), certPath: file('cert'), keyPath: file('key'), serverName }
}

function seconds(values: ReadonlyMap<string, string>, name: string, fallback: number, where: string): number {
  const text = values.get(name)
  if (text === undefined) return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 3_600)
    throw invalid(where, `the option ${name} must be a whole number of seconds from 1 to 3600`)
  return value
}

/** One of a few words, the first being the default. */
function oneOf<const Words extends readonly [string, ...string[]]>(
  values: ReadonlyMap<string, string>,
  name: string,
  words: Words,
  where: string,
): Words[number] {
  const given = values.get(name) ?? words[0]
  const found = words.find((word) => word === given)
  if (found === undefined) throw invalid(where, `the option ${name} must be one of ${words.join(', ')}`)
  return found
}

function decoded(text: string, where: string, what: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // The error is not kept: it may quote the text, which may be the password.
    throw invalid(where, `${what} is not percent-encoded rightly; write % as %25`)
  }
}

function invalid(where: string, detail: string): CauceError {
  return new CauceError('CONFIG_INVALID', { where, detail })
}
