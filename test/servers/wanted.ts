/** What the tests can be given, and what of Cauce it covers. */
export const COVERS = {
  mariadb: 'loading into MariaDB',
  minio: 'objects from S3',
  mysql: 'loading into MySQL',
  postgres: 'loading into PostgreSQL, and a ledger on it',
  sshd: 'files over SFTP',
  'sshd-password': 'SFTP login by password',
  tmpfs: 'a full disk',
} as const

export type ServerName = keyof typeof COVERS

export const SERVER_NAMES = Object.keys(COVERS) as ServerName[]

export interface Wanted {
  /** To be started. */
  servers: ReadonlySet<ServerName>
  /** Those whose absence is a failure. */
  required: ReadonlySet<ServerName>
  /** Those somebody asked for by name: worth minutes of building. */
  named: ReadonlySet<ServerName>
}

/**
 * Reads `CAUCE_TEST_SERVERS` (all when unset) and `CAUCE_TEST_REQUIRE` (none when unset), both lists with commas.
 * What is required is also wanted.
 *
 * @throws Error for a name there is no server of.
 */
export function wantedServers(env: NodeJS.ProcessEnv): Wanted {
  const required = namesIn('CAUCE_TEST_REQUIRE', env['CAUCE_TEST_REQUIRE'] ?? '')
  const limit = env['CAUCE_TEST_SERVERS']
  const servers = limit === undefined ? SERVER_NAMES : namesIn('CAUCE_TEST_SERVERS', limit)
  const named = new Set([...(limit === undefined ? [] : servers), ...required])
  return { servers: new Set([...servers, ...required]), required: new Set(required), named }
}

function namesIn(variable: string, list: string): ServerName[] {
  const names = list.split(',').map((name) => name.trim())
  return names
    .filter((name) => name !== '')
    .map((name) => {
      const known = SERVER_NAMES.find((server) => server === name)
      if (known === undefined)
        throw new Error(`${variable} names "${name}"; there are ${SERVER_NAMES.join(', ')}.`)
      return known
    })
}
