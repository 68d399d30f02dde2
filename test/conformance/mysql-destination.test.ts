import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import { destinationConformance } from './destination-conformance.ts'
import { mysqlKit } from './destination/mysql-kit.ts'

for (const server of ['mariadb', 'mysql'] as const) {
  describeNeeding(server)(`${server} as destination`, () => {
    destinationConformance(
      mysqlKit(() => sharedSql(server)),
      { runs: 30 },
    )
  })
  describeNeeding(server)(`${server} without LOAD DATA LOCAL INFILE as destination`, () => {
    destinationConformance(
      mysqlKit(() => sharedSql(server), '?local_infile=off'),
      { runs: 5 },
    )
  })
}
