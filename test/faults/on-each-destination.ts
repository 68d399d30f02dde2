import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describeNeeding, sharedPostgres, sharedSql } from '../servers/shared-servers.ts'
import { VisitsRun } from '../visits/visits-run.ts'

/** The visits on a fresh destination of one kind. */
export type StartVisit = (options?: VisitOptions) => Promise<VisitsRun>

type VisitOptions = Omit<NonNullable<ConstructorParameters<typeof VisitsRun>[0]>, 'destination'>

/** Describes the same for a DuckDB file and for MariaDB. */
export function onEachDestination(title: string, body: (start: StartVisit) => void): void {
  describeNeeding()(`${title}, into DuckDB`, () => {
    body(startOnDuckdb)
  })
  describeNeeding('mariadb')(`${title}, into MariaDB`, () => {
    body(startOnMariadb)
  })
}

/** And for PostgreSQL: where sessions and locks decide, not what is in the files; it takes as long again. */
export function onEveryDestination(title: string, body: (start: StartVisit) => void): void {
  onEachDestination(title, body)
  describeNeeding('postgres')(`${title}, into PostgreSQL`, () => {
    body(startOnPostgres)
  })
}

/** The visits on a DuckDB file of their own. */
// oxlint-disable-next-line typescript/require-await -- as the other one
export const startOnDuckdb: StartVisit = async (options) => sound(new VisitsRun(options))

/** The visits on a fresh database of the shared MariaDB. */
export const startOnMariadb: StartVisit = async (options) =>
  sound(new VisitsRun({ ...options, destination: (await sharedSql('mariadb').createDatabase()).url }))

/** The visits on a fresh database of the shared PostgreSQL. */
const startOnPostgres: StartVisit = async (options) =>
  sound(new VisitsRun({ ...options, destination: (await sharedPostgres().createDatabase()).url }))

/** Takes the sample away whose layout is wrong on purpose: a run in which nothing goes wrong then ends with 0. */
export function sound(visit: VisitsRun): VisitsRun {
  rmSync(join(visit.source, 'report_4.txt'), { force: true })
  return visit
}
