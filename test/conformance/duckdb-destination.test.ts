import { describe } from 'vitest'
import { destinationConformance } from './destination-conformance.ts'
import { duckdbKit } from './destination/duckdb-kit.ts'

describe('duckdb as destination', () => {
  destinationConformance(duckdbKit, { runs: 8 })
})
