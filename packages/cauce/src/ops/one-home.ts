import { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import { LEASE_MS } from '../dispatch/lease.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { otherHome } from '../ledger/other-home.ts'

/**
 * Refuses to work beside a process that keeps the same pipelines' files in another home: what one puts aside there, the other
 * could neither replay, release nor archive. Only a ledger on PostgreSQL has workers on several machines.
 * @throws {CauceError} HOME_NOT_SHARED
 */
export async function refuseOtherHome(
  ledger: Ledger,
  {
    folder,
    homeId,
    pipelines,
    clock,
  }: {
    readonly folder: string
    readonly homeId: string | undefined
    readonly pipelines: readonly string[]
    readonly clock: Clock
  },
): Promise<void> {
  if (ledger.dialect !== 'postgres') return
  const found = await otherHome(ledger, { homeId, pipelines, leaseMs: LEASE_MS, nowMs: clock.now() })
  if (found === undefined) return
  const { worker, pipeline } = found
  throw new CauceError('HOME_NOT_SHARED', {
    home: folder,
    pipeline,
    host: worker.host,
    pid: worker.pid,
    seconds: LEASE_MS / 1_000,
  })
}
