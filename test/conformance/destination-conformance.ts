import { accounting } from './destination/accounting.ts'
import { cancelling } from './destination/cancelling.ts'
import { existingTables } from './destination/existing-tables.ts'
import { guard } from './destination/guard.ts'
import type { DestinationKit } from './destination/kit.ts'
import { merge } from './destination/merge.ts'
import { periodCounters } from './destination/period-counters.ts'
import { queries } from './destination/queries.ts'
import { replacing } from './destination/replacing.ts'
import { reportsAndReplays } from './destination/reports-and-replays.ts'
import { roundTrip } from './destination/round-trip.ts'
import { sizes } from './destination/sizes.ts'

/** What every destination promises, proven on the real thing. Each destination calls this from its own test file. */
export function destinationConformance(kit: DestinationKit, options: { readonly runs: number }): void {
  roundTrip(kit)
  sizes(kit)
  guard(kit)
  merge(kit, options)
  accounting(kit)
  existingTables(kit)
  reportsAndReplays(kit)
  periodCounters(kit)
  replacing(kit)
  cancelling(kit)
  queries(kit)
}
