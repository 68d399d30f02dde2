import { describe, inject } from 'vitest'
import { minioAccess, type MinioAccess } from './minio-access.ts'
import { postgresAccess, type PostgresAccess } from './postgres-access.ts'
import { sftpAccess, type SftpAccess } from './sftp-access.ts'
import { sqlAccess, type SqlAccess } from './sql-access.ts'
import type { ServerName } from './wanted.ts'

/** The MariaDB or MySQL that serves all test files: give each test a database of its own. */
export function sharedSql(name: 'mariadb' | 'mysql'): SqlAccess {
  const coordinates = inject('servers')[name]
  if ('missing' in coordinates) throw new Error(`${name} is missing: ${coordinates.missing}`)
  return sqlAccess(coordinates)
}

/** The PostgreSQL that serves all test files: give each test a database, or a schema, of its own. */
export function sharedPostgres(): PostgresAccess {
  const coordinates = inject('servers').postgres
  if ('missing' in coordinates) throw new Error(`postgres is missing: ${coordinates.missing}`)
  return postgresAccess(coordinates)
}

/** The MinIO that serves all test files: give each test a bucket of its own. */
export function sharedMinio(): MinioAccess {
  const coordinates = inject('servers').minio
  if ('missing' in coordinates) throw new Error(`minio is missing: ${coordinates.missing}`)
  return minioAccess(coordinates)
}

/** The sshd that serves all test files: give each test a folder of its own. */
export function sharedSftp(): SftpAccess {
  const coordinates = inject('servers').sshd
  if ('missing' in coordinates) throw new Error(`sshd is missing: ${coordinates.missing}`)
  return sftpAccess(coordinates)
}

/**
 * `describe`, but skipped, with the reason in its title, where one of the servers is missing. The body runs even then
 * (its tests are counted as skipped), so call `sharedSql`, `sharedPostgres` and `sharedSftp` only inside hooks and tests.
 */
export function describeNeeding(...names: ServerName[]): (title: string, body: () => void) => void {
  const reason = reasonMissing(names)
  return (title, body) => {
    const fullTitle = reason === undefined ? title : `${title} [NOT RUN: ${reason}]`
    // oxlint-disable-next-line vitest/valid-title, vitest/valid-describe-callback -- the caller gives both
    describe.skipIf(reason !== undefined)(fullTitle, body)
  }
}

function reasonMissing(names: readonly ServerName[]): string | undefined {
  const servers = inject('servers')
  for (const name of names) {
    const state = servers[name]
    if ('missing' in state) return `no ${name}: ${state.missing.split('\n', 1)[0] ?? ''}`
  }
  return undefined
}
