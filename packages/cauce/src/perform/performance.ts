import { mkdir, rm } from 'node:fs/promises'
import { systemClock } from '../model/clock.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import { openDestination } from '../connectors/destination-registry.ts'
import type { Destination } from '../connectors/destination.ts'
import { openDeclaredSource } from '../connectors/open-declared-source.ts'
import type { Source } from '../connectors/source.ts'
import { type EngineHost, openEngineHost } from '../engine/duckdb/engine-host.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import type { FromPerformer, ToPerformer } from './messages.ts'
import { performItem } from './perform-item.ts'
import type { SeatRequest, Stagehand } from './stagehand.ts'
import { performSweep } from './perform-sweep.ts'
import type { Task, TaskResult } from './task.ts'
import { writeReport } from './report-outcome.ts'

/** Progress is worth a message this often at most. */
const PROGRESS_EVERY_MS = 250

/** Carries tasks one after another, keeping connections open between them. */
export class Performance {
  readonly #folder: string
  readonly #tell: (message: FromPerformer) => void
  readonly #sources = new Map<string, Promise<Source>>()
  readonly #destinations = new Map<string, Promise<Destination>>()
  #cancel = new AbortController()
  #seated: (() => void) | undefined
  #told: ((isLater: boolean) => void) | undefined
  #working: Promise<void> = Promise.resolve()
  #busy = false

  #host: { readonly memoryMb: number; readonly opened: Promise<EngineHost> } | undefined

  /** `folder` is this performer's alone: the spool of every task lies in it, and the engine is locked to it. */
  constructor(folder: string, tell: (message: FromPerformer) => void) {
    this.#folder = folder
    this.#tell = tell
  }

  receive(message: ToPerformer): void {
    switch (message.kind) {
      case 'task':
        this.#working = this.#carry(message.task)
        return
      case 'seat':
        this.#seated?.()
        return
      case 'later':
        this.#told?.(message.isLater)
        return
      case 'cancel':
        this.cancel(message.reason)
    }
  }

  cancel(reason: string): void {
    this.#cancel.abort(new Error(reason))
  }

  /** Whether a task is in hand. */
  get isBusy(): boolean {
    return this.#busy
  }

  /** Waits for the task in hand and closes every connection. */
  async close(): Promise<void> {
    await this.#working
    const open = [...this.#sources.values(), ...this.#destinations.values(), ...hostOf(this.#host)]
    await Promise.allSettled(open.map(async (connection) => (await connection).close()))
  }

  async #carry(task: Task): Promise<void> {
    this.#cancel = new AbortController()
    this.#busy = true
    let result: TaskResult
    try {
      result = await this.#perform(task, this.#stagehand(this.#cancel.signal))
    } catch (caught) {
      const error = toCauceError(caught, { code: 'BUG', details: {} })
      result = {
        kind: 'failed',
        error: error.report(),
        stack: caught instanceof Error ? caught.stack : undefined,
      }
    }
    // What failed may have left the engine unwell; the next task is to start from nothing.
    if (hasFailed(result)) await this.#closeEngine()
    // The file of an item that failed is still wanted: whoever gave the task puts it aside, and then removes the folder.
    if (task.kind !== 'item' || !hasFailed(result))
      await rm(task.spoolFolder, { recursive: true, force: true })
    this.#busy = false
    this.#tell({ kind: 'result', result })
  }

  async #perform(task: Task, hand: Stagehand): Promise<TaskResult> {
    switch (task.kind) {
      case 'item':
        return { kind: 'item', outcome: await performItem(task, hand) }
      case 'sweep':
        await performSweep(task, hand)
        return { kind: 'done' }
      case 'report':
        await writeReport(task, hand, task.facts)
        return { kind: 'done' }
    }
  }

  #stagehand(signal: AbortSignal): Stagehand {
    let lastMs = 0
    let lastStage: string | undefined
    return {
      clock: systemClock,
      signal,
      source: ({ sourceUrl, connectorVariables = {} }) =>
        opened(this.#sources, JSON.stringify([sourceUrl, connectorVariables]), () =>
          openDeclaredSource({ sourceUrl, connectorVariables }),
        ),
      destination: (url) => opened(this.#destinations, url, openDestination),
      engine: (memoryMb) => this.#engine(memoryMb),
      progress: (stage, figures = {}) => {
        const nowMs = systemClock.now()
        if (stage === lastStage && nowMs - lastMs < PROGRESS_EVERY_MS) return
        lastMs = nowMs
        lastStage = stage
        this.#tell({ kind: 'progress', stage, ...figures })
      },
      retrying: (stage, next, error) => this.#tell({ kind: 'retry', stage, next, error: error.report() }),
      isLater: (loadKey) => this.#ask(loadKey, signal),
      seated: (request, work) => this.#whileSeated(request, work),
    }
  }

  /** One DuckDB for all tasks that allow the same memory; another one when they differ. */
  async #engine(memoryMb: number): Promise<Engine> {
    if (this.#host?.memoryMb !== memoryMb) await this.#closeEngine()
    this.#host ??= { memoryMb, opened: this.#openHost(memoryMb) }
    return (await this.#host.opened).engine()
  }

  async #openHost(memoryMb: number): Promise<EngineHost> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    return openEngineHost({ spoolDirectory: this.#folder, memoryMb })
  }

  async #closeEngine(): Promise<void> {
    const host = this.#host
    this.#host = undefined
    await Promise.allSettled(hostOf(host).map(async (opening) => (await opening).close()))
  }

  async #ask(loadKey: string, signal: AbortSignal): Promise<boolean> {
    return new Promise<boolean>((resolve, reject) => {
      this.#told = resolve
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      this.#tell({ kind: 'is-later', loadKey })
    })
  }

  async #whileSeated<Result>(
    { seat, identity, rest }: SeatRequest,
    work: () => Promise<Result>,
  ): Promise<Result> {
    if (seat === undefined) return work()
    const signal = this.#cancel.signal
    await new Promise<void>((resolve, reject) => {
      this.#seated = resolve
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      this.#tell({ kind: 'need-seat', seat, identity })
    })
    try {
      return await work()
    } finally {
      // What cannot say goodbye is dead: its seat is free all the same.
      if (seat.isShared) await rest().catch(() => undefined)
      this.#tell({ kind: 'free-seat' })
    }
  }
}

function hasFailed(result: TaskResult): boolean {
  return result.kind === 'failed' || (result.kind === 'item' && result.outcome.error !== undefined)
}

function hostOf(host: { readonly opened: Promise<EngineHost> } | undefined): readonly Promise<EngineHost>[] {
  return host === undefined ? [] : [host.opened]
}

/** A failed opening is forgotten, so that the next task tries again. */
async function opened<Connection>(
  known: Map<string, Promise<Connection>>,
  url: string,
  open: (url: string) => Promise<Connection>,
): Promise<Connection> {
  const opening = known.get(url) ?? open(url)
  known.set(url, opening)
  try {
    return await opening
  } catch (error) {
    known.delete(url)
    throw error
  }
}
