import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Claim } from '../../packages/cauce/src/ledger/tables.ts'

/** What a ledger worker process can be told to do. */
export interface LedgerOrders {
  open(input: { readonly url: string; readonly work: boolean }): Promise<void>
  close(input: object): Promise<void>
  claim(input: { readonly limit: number; readonly leaseMs: number }): Promise<Claim[]>
  /** Ids that were settled; the others were lost. */
  settle(input: { readonly claims: readonly Claim[] }): Promise<number[]>
  beat(input: { readonly claims: readonly Claim[] }): Promise<{ readonly lost: readonly number[] }>
  /** Takes over, claims and settles until every item is settled; the claims it settled. */
  workUntilDone(input: { readonly limit: number; readonly leaseMs: number }): Promise<Claim[]>
  /**
   * Claims across pipelines, sits down at the destination and settles, in several loops side by side, until every item is
   * settled; beats all the while. Throws when it ever sees more at work than allowed.
   */
  workWithinLimits(input: WithinLimits): Promise<LimitsSeen>
}

export interface WithinLimits {
  readonly loops: number
  readonly maxItems: number
  readonly maxSeats: number
  readonly leaseMs: number
  /** An empty folder all processes share: whoever works leaves a mark in it, so that the ledger is not its own witness. */
  readonly marksFolder: string
}

export interface LimitsSeen {
  readonly settled: readonly Claim[]
  readonly mostItems: number
  readonly mostSeats: number
  readonly seatsRefused: number
}

export interface LedgerWorker {
  readonly ask: <Order extends keyof LedgerOrders>(
    order: Order,
    input: Parameters<LedgerOrders[Order]>[0],
  ) => ReturnType<LedgerOrders[Order]>
  readonly kill: (signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => void
  readonly ended: Promise<unknown>
}

/** Starts one; killed when the test is over, if not before. */
export async function startLedgerWorker(): Promise<LedgerWorker> {
  const main = fileURLToPath(new URL('./ledger-worker-main.ts', import.meta.url))
  const child = fork(main, {
    execArgv: ['--conditions=cauce-source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  await Promise.race([once(child, 'message'), ended])
  let asked = 0
  return {
    ask: (async (order: string, input: object) => {
      const id = ++asked
      const answered = new Promise((resolve, reject) => {
        const hear = (message: { id: number; answer?: unknown; error?: string }): void => {
          if (message.id !== id) return
          child.off('message', hear)
          if (message.error === undefined) resolve(message.answer)
          else reject(new Error(message.error))
        }
        child.on('message', hear)
      })
      child.send({ id, order, input })
      return answered
    }) as LedgerWorker['ask'],
    kill: (signal) => void child.kill(signal),
    ended,
  }
}
