import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { QueueHome } from './queue-home.ts'
import type { FromQueueWorker, QueueTask, QueueWork, ToQueueWorker } from './queue-messages.ts'
import { machineCpuSeconds } from './process-table.ts'

/** What some workers came to. */
export interface QueueFigures {
  readonly settled: number
  readonly perSecond: number
  readonly claimMs: Quantiles
  readonly settleMs: Quantiles
  /** CPU time for one item, of the workers and of the server. */
  readonly workerCpuMs: number
  readonly serverCpuMs: number
  /** Share of the machine others used meanwhile. */
  readonly foreignShare: number
}

export interface Quantiles {
  readonly p50: number
  readonly p99: number
}

/** Lets workers loose on a ledger, all at the same moment, until the time is over or nothing waits any more. */
export async function runQueue(home: QueueHome, workers: number, task: QueueTask): Promise<QueueFigures> {
  const children = Array.from({ length: workers }, startWorker)
  try {
    await Promise.all(children.map(async (child) => answer(child, { open: task })))
    const before = { machine: machineCpuSeconds(), server: home.serverCpuSeconds(), at: performance.now() }
    const done = await Promise.all(children.map(async (child) => answer(child, { go: true })))
    const works = done.flatMap((message) => ('work' in message ? [message.work] : []))
    const server = home.serverCpuSeconds() - before.server
    const machine = machineCpuSeconds() - before.machine
    const wallSeconds = (performance.now() - before.at) / 1000
    return figures(works, { server, machine, wallSeconds })
  } finally {
    for (const child of children) child.kill('SIGKILL')
  }
}

function startWorker(): ChildProcess {
  return fork(fileURLToPath(new URL('./queue-worker.ts', import.meta.url)), {
    execArgv: ['--conditions=cauce-source'],
  })
}

async function answer(child: ChildProcess, message: ToQueueWorker): Promise<FromQueueWorker> {
  const heard = once(child, 'message') as Promise<[FromQueueWorker]>
  child.send(message)
  const [said] = await heard
  if ('failed' in said) throw new Error(said.failed)
  return said
}

function figures(
  works: readonly QueueWork[],
  used: { readonly server: number; readonly machine: number; readonly wallSeconds: number },
): QueueFigures {
  const settled = sum(works.map((work) => work.settled))
  const cpuSeconds = sum(works.map((work) => work.cpuSeconds))
  return {
    settled,
    perSecond: settled / (Math.max(...works.map(({ lastMs }) => lastMs)) / 1000),
    claimMs: quantiles(works.flatMap(({ claimMs }) => claimMs)),
    settleMs: quantiles(works.flatMap(({ settleMs }) => settleMs)),
    workerCpuMs: (cpuSeconds * 1000) / settled,
    serverCpuMs: (used.server * 1000) / settled,
    foreignShare:
      Math.max(0, used.machine - cpuSeconds - used.server) / (used.wallSeconds * availableParallelism()),
  }
}

function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
