import { decoded, invalid, localPath, oneOf, seconds, type UrlOptions, urlOptions } from '../url-options.ts'

/** Where a PostgreSQL database lies and how to get in, as its URL says. */
export interface PostgresLocation {
  /** A name, an address, or the folder of a socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Where our tables are. */
  readonly schema: string
  /** undefined: plain. */
  readonly tls: TlsPlan | undefined
  /** How long a connection may take to come about. */
  readonly connectTimeoutMs: number
  /** How long a lock is waited for within a load. */
  readonly lockWaitSeconds: number
  /** How long the outcome of a COMMIT whose reply was lost is asked for. */
  readonly settleTimeoutMs: number
  /** For people: no password, no options but the schema. */
  readonly displayUrl: string
}

export interface TlsPlan {
  /**
   * What the server must prove, in PostgreSQL's own words: nothing (`require`: the line is encrypted, to whoever answers), a
   * trusted certificate (`verify-ca`), or one that carries the right name besides (`verify-full`).
   */
  readonly mode: 'require' | 'verify-ca' | 'verify-full'
  /** Certificates to trust; undefined: the system's. */
  readonly caPath: string | undefined
  readonly certPath: string | undefined
  readonly keyPath: string | undefined
  /** The name the server's certificate must carry. */
  readonly serverName: string
}

const DEFAULT_SCHEMA = 'public'

/** PostgreSQL cuts longer names without a word. */
export const LONGEST_NAME_BYTES = 63

/**
 * Reads `postgres://user[:password]@host[:port]/database?options` (`postgresql://` is the same). Options: `schema`, `sslmode`
 * (`disable`, `require`, `verify-ca`, `verify-full`), `sslrootcert`, `sslcert`, `sslkey` (files), `server_name`, `host` (a socket's
 * folder, where the URL names no host), `timeout`, `lock_wait`, `settle` (seconds). Everything may be percent-encoded.
 * `homeFolder` is ours, for paths that begin with `~/`.
 *
 * Taken apart by hand: `new URL` puts the whole URL, password included, into its errors.
 *
 * @throws {CauceError} CONFIG_INVALID, never with a part of the URL that may be secret
 */
export function postgresLocation(url: string, homeFolder: string): PostgresLocation {
  const found = POSTGRES_URL.exec(url)?.groups
  if (found === undefined)
    throw invalid(
      'postgres:// destination',
      'is not of the form postgres://user[:password]@host[:port]/database[?options]; ' +
        'in user, password and database write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23 and % as %25',
    )
  const shownHost = found['host'] ?? ''
  const where = `destination postgres://${shownHost}`
  const port = found['port'] === undefined ? 5432 : Number(found['port'])
  if (port < 1 || port > 65_535) throw invalid(where, 'the port must lie between 1 and 65535')
  const user = decoded(found['user'] ?? '', where, 'the user')
  if (user === '') throw invalid(where, 'the user is missing; write postgres://user@host/database')
  const database = decoded(found['database'] ?? '', where, 'the database')
  if (database === '') throw invalid(where, 'the database is missing; write postgres://user@host/database')
  const values = urlOptions({ query: found['query'] ?? '', known: OPTIONS, where })
  const host = hostOf(shownHost, values, where)
  const schema = schemaOf(values.get('schema'), where)
  const shownPort = port === 5432 ? '' : `:${port}`
  const shownSchema = schema === DEFAULT_SCHEMA ? '' : `?schema=${encodeURIComponent(schema)}`
  return {
    host,
    port,
    user,
    password: decoded(found['password'] ?? '', where, 'the password'),
    database,
    schema,
    tls: tlsOf(values, { where, host, homeFolder }),
    connectTimeoutMs: seconds(values, 'timeout', 10, where) * 1_000,
    lockWaitSeconds: seconds(values, 'lock_wait', 20, where),
    settleTimeoutMs: seconds(values, 'settle', 60, where) * 1_000,
    displayUrl: `postgres://${encodeURIComponent(user)}@${shownHost}${shownPort}/${encodeURIComponent(database)}${shownSchema}`,
  }
}

const POSTGRES_URL =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^@:/?#\s]*)(?::(?<password>[^@/?#\s]*))?@)?(?<host>\[[0-9a-f:.]+\]|[^@:/?#[\]\s]*)(?::(?<port>\d{1,6}))?(?:\/(?<database>[^/?#]*))?(?:\?(?<query>[^#]*))?$/i

const OPTIONS = [
  'schema',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'server_name',
  'host',
  'timeout',
  'lock_wait',
  'settle',
]

function hostOf(shownHost: string, values: UrlOptions, where: string): string {
  const folder = values.get('host')
  if (shownHost !== '') {
    if (folder !== undefined) throw invalid(where, 'the host is given twice; leave the option host out')
    return shownHost.replace(/^\[|\]$/g, '').toLowerCase()
  }
  if (folder === undefined)
    throw invalid(
      where,
      'the host is missing; write postgres://user@host/database, or host=/folder of a socket',
    )
  if (!folder.startsWith('/'))
    throw invalid(where, 'the option host must be the folder of a socket, beginning with /')
  return folder
}

function schemaOf(schema: string | undefined, where: string): string {
  if (schema === undefined) return DEFAULT_SCHEMA
  const isUsable =
    !schema.includes('\0') &&
    Buffer.byteLength(schema) <= LONGEST_NAME_BYTES &&
    !/^pg_|^information_schema$/i.test(schema)
  if (!isUsable)
    throw invalid(
      where,
      `the option schema is no name PostgreSQL lets us use: at most ${LONGEST_NAME_BYTES} bytes, not beginning with pg_`,
    )
  return schema
}

interface Reading {
  readonly where: string
  readonly host: string
  readonly homeFolder: string
}

const TLS_OPTIONS = ['sslrootcert', 'sslcert', 'sslkey', 'server_name']

function tlsOf(values: UrlOptions, { where, host, homeFolder }: Reading): TlsPlan | undefined {
  const mode = oneOf(values, 'sslmode', ['disable', 'require', 'verify-ca', 'verify-full'], where)
  if (mode === 'disable') {
    const stray = TLS_OPTIONS.find((name) => values.has(name))
    if (stray !== undefined) throw invalid(where, `the option ${stray} needs sslmode=verify-full`)
    return undefined
  }
  if (values.has('sslcert') !== values.has('sslkey'))
    throw invalid(where, 'the options sslcert and sslkey belong together')
  const file = (name: string): string | undefined => {
    const path = values.get(name)
    return path === undefined ? undefined : localPath(path, { where, option: name, homeFolder })
  }
  const caPath = file('sslrootcert')
  return {
    // As libpq does: who names certificates to trust wants them looked at.
    mode: mode === 'require' && caPath !== undefined ? 'verify-ca' : mode,
    caPath,
    certPath: file('sslcert'),
    keyPath: file('sslkey'),
    serverName: values.get('server_name') ?? host,
  }
}
