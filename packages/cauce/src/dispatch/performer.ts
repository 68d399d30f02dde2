import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { CauceError, type ErrorReport } from '../model/cauce-error.ts'
import type { FromPerformer, ItemIdentity, Stage, ToPerformer } from '../perform/messages.ts'
import type { Seat } from '../perform/seat.ts'
import type { Task, TaskResult } from '../perform/task.ts'

/** What a performer asks of, and tells, whoever gave it the task. */
export interface TaskHandlers {
  onProgress(stage: Stage, figures: { readonly bytes?: number; readonly rows?: number }): void
  /** A stage failed and is tried again; `next` is the number of that try. */
  onRetry?(stage: Stage, retry: { readonly next: number; readonly error: ErrorReport }): void
  /** Resolves with the function that gives the seat back. */
  takeSeat(request: { readonly identity: ItemIdentity | undefined; readonly seat: Seat }): Promise<() => void>
  /** Whether a load is of a later version of the task's item; absent where the task has none. */
  isLater?(loadKey: string): Promise<boolean>
}

/** How long a cancelled performer may take to roll back before it is killed. */
const CANCEL_GRACE_MS = 10_000

/** How long one with nothing in hand may take to close its connections: on a dead line a goodbye is never answered. */
const GOODBYE_GRACE_MS = 5_000

/**
 * A performer child process: carries one task at a time and is kept for the next. Started when first needed; when it dies,
 * its task fails with PERFORMER_LOST and the next task gets a new process. It ends by itself when this process is gone.
 */
export class Performer {
  readonly #env: NodeJS.ProcessEnv
  /** Its own part of the spool. */
  readonly folder: string
  #child: ChildProcess | undefined

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder
    this.#env = env
  }

  /**
   * Carries one task. Whatever it is, also a sweep or a report, it ends within `limits.itemTimeoutSeconds`: a line to a database
   * may go dead without a word. Then the process is killed and the task fails with TIME_EXCEEDED.
   */
  async perform(task: Task, handlers: TaskHandlers, signal: AbortSignal): Promise<TaskResult> {
    const child = this.#running()
    let freeSeat: (() => void) | undefined
    const cleanup: (() => void)[] = []
    try {
      return await new Promise<TaskResult>((resolve, reject) => {
        const onMessage = (message: FromPerformer): void => {
          if (message.kind === 'result') resolve(message.result)
          else if (message.kind === 'progress') handlers.onProgress(message.stage, message)
          else if (message.kind === 'retry') handlers.onRetry?.(message.stage, message)
          else if (message.kind === 'free-seat') freeSeat?.()
          else if (message.kind === 'is-later')
            Promise.resolve(handlers.isLater?.(message.loadKey)).then(
              (isLater = false) => send(child, { kind: 'later', isLater }),
              reject,
            )
          else if (message.kind === 'need-seat')
            handlers.takeSeat(message).then((free) => {
              freeSeat = free
              send(child, { kind: 'seat' })
            }, reject)
        }
        const seconds = task.plan.limits.itemTimeoutSeconds
        let isOverdue = false
        const limit = setTimeout(() => {
          isOverdue = true
          child.kill('SIGKILL')
        }, seconds * 1000)
        const onExit = (code: number | null, name: NodeJS.Signals | null): void => {
          const error = isOverdue
            ? new CauceError('TIME_EXCEEDED', { file: subjectOf(task), seconds })
            : new CauceError('PERFORMER_LOST', { file: subjectOf(task), detail: name ?? `exit code ${code}` })
          resolve({ kind: 'failed', error: error.report(), stack: undefined })
        }
        const onAbort = (): void => {
          send(child, { kind: 'cancel', reason: 'cancelled' })
          const timer = setTimeout(() => child.kill('SIGKILL'), CANCEL_GRACE_MS)
          cleanup.push(() => clearTimeout(timer))
        }
        child.on('message', onMessage).once('exit', onExit)
        signal.addEventListener('abort', onAbort, { once: true })
        cleanup.push(() => {
          clearTimeout(limit)
          child.off('message', onMessage).off('exit', onExit)
          signal.removeEventListener('abort', onAbort)
        })
        send(child, { kind: 'task', task })
        if (signal.aborted) onAbort()
      })
    } finally {
      freeSeat?.()
      for (const step of cleanup) step()
    }
  }

  /** Lets the process end when it has nothing to do. One that cannot say goodbye to its servers is ended without. */
  async close(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const timer = setTimeout(() => child.kill('SIGKILL'), GOODBYE_GRACE_MS)
    child.disconnect()
    await gone
    clearTimeout(timer)
  }

  #running(): ChildProcess {
    if (this.#child !== undefined) return this.#child
    const child = fork(entryPoint(), [this.folder], {
      // Standard output belongs to the command (`--json`); a performer's own words go to standard error.
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'advanced',
      // A performer runs one query at a time. On one thread of libuv's each finds its predecessor's memory and caches: with
      // four, statements cost up to twice the CPU; with 16, two performers took 60 MB more for a million rows.
      env: { ...this.#env, UV_THREADPOOL_SIZE: '1', MALLOC_ARENA_MAX: '2' },
      execArgv: [...process.execArgv, '--max-semi-space-size=4'],
    })
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined
    })
    this.#child = child
    return child
  }
}

/** The performer beside us: TypeScript in a checkout, JavaScript in the package. */
function entryPoint(): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`../perform/performer-main.${extension}`, import.meta.url))
}

/**
 * One that was killed a moment ago still counts as connected, and the write fails: heard by nobody, that would end this process. Its
 * end is told by `exit`.
 */
function send(child: ChildProcess, message: ToPerformer): void {
  if (child.connected) child.send(message, () => undefined)
}

/** What a task works on, for people. */
function subjectOf(task: Task): string {
  switch (task.kind) {
    case 'item':
      return task.item.entry.key
    case 'report':
      return task.facts.item
    case 'sweep':
      return task.plan.pipeline
  }
}
