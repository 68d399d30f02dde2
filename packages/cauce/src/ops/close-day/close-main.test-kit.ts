import { systemClock } from '../../model/clock.ts'
import { openLedger } from '../../ledger/open-ledger.ts'
import { closeDay, type CloseDayRequest } from './close-day.ts'

/** What a process that closes a day is told. */
export interface CloseOrder {
  readonly ledgerPath: string
  readonly nowMs: number
  readonly request: Omit<CloseDayRequest, 'ledger' | 'clock'>
}

// A process of its own, so that it can be killed.
const order = JSON.parse(process.argv[2] ?? '') as CloseOrder
await using ledger = await openLedger(`sqlite:${order.ledgerPath}`)
await closeDay({ ...order.request, ledger, clock: { ...systemClock, now: () => order.nowMs } })
