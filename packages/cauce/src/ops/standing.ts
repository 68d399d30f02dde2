import type { Role } from './stand-up.ts'

/** A server that could not be reached yet. */
export interface Waited {
  readonly subject: string
  readonly tries: number
  readonly sinceMs: number
  readonly nextTryMs: number
}

/** How a process that stands is doing, for whoever asks it. */
export class Standing {
  readonly startedMs: number
  readonly roles: readonly Role[]
  readonly #waited = new Map<string, Waited>()
  #lastTickMs: number | undefined
  #isStopping = false

  constructor(startedMs: number, roles: readonly Role[]) {
    this.startedMs = startedMs
    this.roles = roles
  }

  /** When the dispatcher last looked at the clock; undefined: not yet, or there is none here. */
  get lastTickMs(): number | undefined {
    return this.#lastTickMs
  }

  get isStopping(): boolean {
    return this.#isStopping
  }

  get waiting(): readonly Waited[] {
    return [...this.#waited.values()]
  }

  ticked(nowMs: number): void {
    this.#lastTickMs = nowMs
  }

  stops(): void {
    this.#isStopping = true
  }

  waitsFor(subject: string, { sinceMs, nextTryMs }: Pick<Waited, 'sinceMs' | 'nextTryMs'>): Waited {
    const known = this.#waited.get(subject)
    const waited = {
      subject,
      tries: (known?.tries ?? 0) + 1,
      sinceMs: known?.sinceMs ?? sinceMs,
      nextTryMs,
    }
    this.#waited.set(subject, waited)
    return waited
  }

  found(subject: string): void {
    this.#waited.delete(subject)
  }
}
