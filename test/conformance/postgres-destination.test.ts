import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'
import { destinationConformance } from './destination-conformance.ts'
import { postgresKit } from './destination/postgres-kit.ts'

describeNeeding('postgres')('postgres as destination', () => {
  destinationConformance(
    postgresKit(() => sharedPostgres()),
    { runs: 30 },
  )
})
