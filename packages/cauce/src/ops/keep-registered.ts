import { HEARTBEAT_MS } from '../dispatch/lease.ts'
import { beatWorker } from '../ledger/beat-worker.ts'
import { endWorker } from '../ledger/end-worker.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { newRunId } from '../ledger/new-run-id.ts'
import { ownIdentity } from '../ledger/process-identity.ts'
import { registerWorker } from '../ledger/register-worker.ts'
import type { StandUpRequest } from './stand-up.ts'

/** Shows this process in the ledger for as long as it stands, and says goodbye at the end. */
export async function keepRegistered(
  { roles, jobs, version, clock, stopping }: StandUpRequest,
  ledger: Ledger,
  home: { readonly id: string; readonly pipelines: readonly string[] },
): Promise<AsyncDisposable> {
  const id = newRunId(clock.now())
  await registerWorker(ledger, {
    id,
    owner: await ownIdentity(),
    roles: roles.join('+'),
    jobs,
    cauceVersion: version,
    home,
    nowMs: clock.now(),
  })
  const over = new AbortController()
  const isOver = async (): Promise<boolean> =>
    clock.sleep(HEARTBEAT_MS, over.signal).then(
      () => false,
      () => true,
    )
  const beat = async (): Promise<void> => {
    while (!(await isOver())) {
      const state = stopping.aborted ? 'stopping' : 'working'
      // A beat that cannot be written now may be at the next; silence is told by whoever lists the workers.
      await beatWorker(ledger, { id, state, nowMs: clock.now() }).catch(() => undefined)
    }
  }
  const beating = beat()
  return {
    [Symbol.asyncDispose]: async () => {
      over.abort()
      await beating
      await endWorker(ledger, { id, nowMs: clock.now() }).catch(() => undefined)
    },
  }
}
