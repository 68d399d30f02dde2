import { CauceError } from '../model/cauce-error.ts'

/** Where a ledger lies on PostgreSQL, as its URL says. */
export interface PostgresLocation {
  /** For the driver: the URL without what is ours. Holds the password. */
  readonly connectionString: string
  readonly schema: string
  /** For people and logs: no password, no options. */
  readonly displayUrl: string
}

const DEFAULT_SCHEMA = 'cauce'

/** Taken apart by hand: `new URL` puts the whole URL, password included, into its errors. */
const POSTGRES_URL =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^@:/?#\s]*)(?::(?<password>[^@/?#\s]*))?@)?(?<host>\[[0-9a-f:.]+\]|[^@:/?#[\]\s]*)(?::(?<port>\d{1,5}))?\/(?<database>[^/?#\s]+)(?:\?(?<query>[^#\s]*))?$/i

/** PostgreSQL cuts longer names in silence. */
const MAX_NAME_BYTES = 63

/**
 * Reads `postgres://user[:password]@host[:port]/database[?schema=cauce&…]`. `schema` is ours; every other option goes to the driver
 * (`sslmode`, `sslrootcert`, `host` for a socket's folder, …). Everything may be percent-encoded.
 * @throws {CauceError} CONFIG_INVALID, never with a part of the URL that may be secret
 */
export function postgresLocation(url: string): PostgresLocation {
  const found = POSTGRES_URL.exec(url)?.groups
  if (found === undefined || !canBeRead(found))
    throw invalid(
      'the URL is not of the form postgres://user[:password]@host[:port]/database[?schema=name]; ' +
        'in user, password and database write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23 and % as %25',
      'la URL no tiene la forma postgres://usuario[:clave]@servidor[:puerto]/base[?schema=nombre]; ' +
        'en usuario, clave y base escriba @ como %40, : como %3A, / como %2F, ? como %3F, # como %23 y % como %25',
    )
  const { user = '', host = '', port, database = '', query = '' } = found
  const options = query.split('&').filter((option) => option !== '')
  const schemas = options.filter((option) => nameOf(option) === 'schema')
  const schema = schemaOf(schemas)
  const others = options.filter((option) => nameOf(option) !== 'schema')
  const [base = ''] = url.split('?')
  return {
    connectionString: others.length === 0 ? base : `${base}?${others.join('&')}`,
    schema,
    displayUrl: [
      `postgres://${user === '' ? '' : `${user}@`}${host}`,
      port === undefined || port === '5432' ? '' : `:${port}`,
      `/${database}`,
      schema === DEFAULT_SCHEMA ? '' : `?schema=${encodeURIComponent(schema)}`,
    ].join(''),
  }
}

function canBeRead({
  user = '',
  password = '',
  database = '',
  port = '0',
}: Record<string, string | undefined>) {
  return [user, password, database].every((part) => decoded(part) !== undefined) && Number(port) < 65_536
}

function nameOf(option: string): string {
  return option.split('=', 1)[0] ?? ''
}

function schemaOf(options: readonly string[]): string {
  const [option, ...more] = options
  if (option === undefined) return DEFAULT_SCHEMA
  if (more.length > 0) throw invalid('schema is given twice in the URL', 'la URL da schema dos veces')
  const schema = decoded(option.slice('schema='.length))
  if (
    schema === undefined ||
    schema === '' ||
    schema.includes('\0') ||
    Buffer.byteLength(schema) > MAX_NAME_BYTES ||
    /^pg_|^information_schema$/i.test(schema)
  )
    throw invalid(
      'schema in the URL is no name PostgreSQL lets us use: at most 63 bytes, not beginning with pg_',
      'schema en la URL no es un nombre que PostgreSQL nos deje usar: hasta 63 bytes, sin empezar por pg_',
    )
  return schema
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone %: reported by the caller like any other name that cannot be.
    return undefined
  }
}

function invalid(detail: string, detalle: string): CauceError {
  return new CauceError('CONFIG_INVALID', { where: 'ledger', detail, detalle })
}
