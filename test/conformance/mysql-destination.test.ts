import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import { destinationConformance } from './destination-conformance.ts'
import { accounting } from './destination/accounting.ts'
import { existingTables } from './destination/existing-tables.ts'
import { mysqlKit } from './destination/mysql-kit.ts'
import { periodCounters } from './destination/period-counters.ts'
import { roundTrip } from './destination/round-trip.ts'

for (const server of ['mariadb', 'mysql'] as const) {
  describeNeeding(server)(`${server} as destination`, () => {
    const kit = mysqlKit(() => sharedSql(server))
    destinationConformance(kit, { runs: 30 })
  })
  describeNeeding(server)(`${server} without LOAD DATA LOCAL INFILE as destination`, () => {
    const kit = mysqlKit(() => sharedSql(server), '?local_infile=off')
    roundTrip(kit)
    accounting(kit)
    existingTables(kit)
    periodCounters(kit)
  })
}
