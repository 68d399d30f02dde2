import { type Ledger, readLedger } from './ledger-access.ts'
import type { WorkerRow } from './tables.ts'

export interface OtherHomeRequest {
  /** Of the home that asks; undefined: it has none yet, and differs from all. */
  readonly homeId: string | undefined
  readonly pipelines: readonly string[]
  /** Who was silent for longer does not count: it may be gone. */
  readonly leaseMs: number
  readonly nowMs: number
}

/** A process alive that does one of these pipelines out of another home, and that pipeline; undefined where there is none. */
export async function otherHome(
  ledger: Ledger,
  { homeId, pipelines, leaseMs, nowMs }: OtherHomeRequest,
): Promise<{ readonly worker: WorkerRow; readonly pipeline: string } | undefined> {
  const alive = await readLedger(ledger, (db) =>
    db
      .selectFrom('worker')
      .where('state', 'in', ['working', 'stopping'])
      .where('beatMs', '>=', nowMs - leaseMs)
      .where('homeId', 'is not', null)
      .orderBy('startedMs')
      .selectAll()
      .execute(),
  )
  for (const worker of alive) {
    if (worker.homeId === homeId) continue
    const theirs: unknown = JSON.parse(worker.pipelines ?? '[]')
    const pipeline = pipelines.find((name) => Array.isArray(theirs) && theirs.includes(name))
    if (pipeline !== undefined) return { worker, pipeline }
  }
  return undefined
}
