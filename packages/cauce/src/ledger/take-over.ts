import { finishRun } from './finish-run.ts'
import { freeSeat, type SeatClaim } from './free-seat.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import { listClaims } from './list-claims.ts'
import { isProvenDead, ownIdentity, type ProcessIdentity, workerName } from './process-identity.ts'
import { releaseClaim } from './release-claim.ts'
import type { ItemRow, RunRow } from './tables.ts'

export interface TakeOverResult {
  /** Back to `pending`: their owner is dead. */
  readonly released: readonly ItemRow[]
  /** Held by somebody else under a lease that still runs: to be waited for until `leaseUntilMs`. */
  readonly held: readonly ItemRow[]
  /** Closed as `interrupted`: their process is dead. */
  readonly interruptedRuns: readonly RunRow[]
  /** Free again: whoever sat on them is dead. */
  readonly freedSeats: readonly SeatClaim[]
}

/**
 * Cleans up after dead processes of this host: releases what they held, frees their seats, and closes the runs that ended with them. Claims of living processes and of
 * those nobody here can judge are left to their leases.
 */
export async function takeOver(
  ledger: Ledger,
  { pipeline, nowMs }: { readonly pipeline?: string; readonly nowMs: number },
): Promise<TakeOverResult> {
  const scope = pipeline === undefined ? {} : { pipeline }
  const self = await ownIdentity()
  const released: ItemRow[] = []
  const held: ItemRow[] = []
  for (const claim of await listClaims(ledger, scope)) {
    const owner = ownerOf(claim)
    if (await isProvenDead(owner)) {
      const { id, epoch } = claim
      const item = await releaseClaim(ledger, { id, epoch, reason: `${workerName(owner)} is dead`, nowMs })
      if (item !== undefined) released.push(item)
    } else if (!isSame(owner, self) && (claim.leaseUntilMs ?? 0) >= nowMs) held.push(claim)
  }
  return {
    released,
    held,
    interruptedRuns: await interruptDeadRuns(ledger, { ...scope, nowMs }),
    freedSeats: await freeDeadSeats(ledger),
  }
}

async function freeDeadSeats(ledger: Ledger): Promise<SeatClaim[]> {
  const taken = await readLedger(ledger, (db) =>
    db.selectFrom('seat').where('token', 'is not', null).selectAll().execute(),
  )
  const freed: SeatClaim[] = []
  for (const { resource, number, token, ...seat } of taken) {
    const claim = { resource, number, token: token ?? '' }
    if ((await isProvenDead(ownerOf(seat))) && (await freeSeat(ledger, claim))) freed.push(claim)
  }
  return freed
}

/** Dispatched runs go on without the process that opened them. */
async function interruptDeadRuns(
  ledger: Ledger,
  { pipeline, nowMs }: { readonly pipeline?: string; readonly nowMs: number },
): Promise<RunRow[]> {
  const running = await readLedger(ledger, (db) =>
    db
      .selectFrom('run')
      .where('state', '=', 'running')
      .where('mode', '=', 'attached')
      .$if(pipeline !== undefined, (query) => query.where('pipeline', '=', pipeline ?? ''))
      .orderBy('id')
      .selectAll()
      .execute(),
  )
  const interrupted: RunRow[] = []
  for (const { id, host, pid, processStart } of running) {
    if (!(await isProvenDead({ host, pid, start: processStart }))) continue
    const run = await finishRun(ledger, { id, state: 'interrupted', nowMs })
    if (run !== undefined) interrupted.push(run)
  }
  return interrupted
}

function ownerOf({
  ownerHost,
  ownerPid,
  ownerStart,
}: Pick<ItemRow, 'ownerHost' | 'ownerPid' | 'ownerStart'>): ProcessIdentity {
  return { host: ownerHost ?? '', pid: ownerPid ?? 0, start: ownerStart ?? '' }
}

function isSame(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.host === other.host && one.pid === other.pid && one.start === other.start
}
