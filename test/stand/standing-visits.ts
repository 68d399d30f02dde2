import type { ChildProcess } from 'node:child_process'
import { copyFileSync, renameSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { VisitsRun } from '../visits/visits-run.ts'

type Started = ReturnType<VisitsRun['start']>

/** A command that stands (`up`, `worker`, `dispatcher`) until it is told to stop; killed at the end if it was not. */
export class StandingProcess implements AsyncDisposable {
  readonly #started: Started

  constructor(visit: VisitsRun, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#started = visit.start([...words, '--log-format', 'human'], env)
  }

  get child(): ChildProcess {
    return this.#started.child
  }

  /** Asks it to stop and waits for its end. */
  async stop(): Promise<Awaited<Started['ended']>> {
    this.#started.child.kill('SIGTERM')
    return this.#started.ended
  }

  /** Kills it with no chance to say goodbye; its performers end by themselves. */
  async kill(): Promise<void> {
    this.#started.child.kill('SIGKILL')
    await this.#started.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#started.child.kill('SIGKILL')
    await this.#started.ended
  }
}

/** Puts a file into a visit's source as careful senders do: whole, under its name, and old enough to need no second look. */
export function deliver(visit: VisitsRun, file: string, name: string): void {
  const path = join(visit.source, name)
  copyFileSync(file, `${path}.coming`)
  utimesSync(`${path}.coming`, 1_000_000_000, 1_000_000_000)
  renameSync(`${path}.coming`, path)
}
