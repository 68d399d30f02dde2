import { type Ledger, writeLedger } from './ledger-access.ts'
import type { ProcessIdentity } from './process-identity.ts'
import type { WorkerRow } from './tables.ts'

export interface RegisterWorkerRequest {
  readonly id: string
  readonly owner: ProcessIdentity
  /** Joined by `+`: dispatcher, worker, server. */
  readonly roles: string
  readonly jobs: number
  readonly cauceVersion: string
  /** What is written in its home, and the pipelines it keeps there; for those who may not keep them elsewhere. */
  readonly home?: { readonly id: string; readonly pipelines: readonly string[] } | undefined
  readonly nowMs: number
}

/** A process says that it dispatches or works, under an id of its own; said again, the later words stand. */
export async function registerWorker(ledger: Ledger, request: RegisterWorkerRequest): Promise<WorkerRow> {
  const { id, owner, roles, jobs, cauceVersion, home, nowMs } = request
  const said = {
    host: owner.host,
    pid: owner.pid,
    processStart: owner.start,
    roles,
    jobs,
    cauceVersion,
    state: 'working',
    startedMs: nowMs,
    beatMs: nowMs,
    endedMs: null,
    homeId: home?.id ?? null,
    pipelines: home === undefined ? null : JSON.stringify(home.pipelines),
  } as const
  return writeLedger(ledger, (transaction) =>
    transaction
      .insertInto('worker')
      .values({ id, ...said })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(said))
      .returningAll()
      .executeTakeFirstOrThrow(),
  )
}
