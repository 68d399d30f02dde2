import type { Socket } from 'node:net'
import type { SFTPWrapper } from 'ssh2'
import type SftpClient from 'ssh2-sftp-client'
import type { CauceError } from '../../model/cauce-error.ts'
import type { Clock } from '../../model/clock.ts'
import { connectionLost, serverSilent, statusOf } from './errors.ts'
import type { SftpLocation } from './location.ts'

/** How the driver reports the outcome of one request. */
export type Answer<T> = (error: Error | null | undefined, value: T) => void

export interface ConnectionParts {
  readonly client: SftpClient
  readonly sftp: SFTPWrapper
  readonly socket: Socket
  readonly location: SftpLocation
  readonly clock: Clock
}

/** How often the silence of the server is measured, as a part of the time it may be silent. */
const LOOKS_PER_TIMEOUT = 8
const GOODBYE_MS = 1_000

/**
 * One logged-in connection. Once broken it stays so.
 *
 * Silence is judged here and not by the driver's keepalive: that one takes a slow line, on which the reply to its ping waits
 * behind two megabytes of data, for a dead one, and a server whose SFTP part hangs for a live one.
 */
export class SftpConnection {
  readonly #parts: ConnectionParts
  readonly #waiting = new Set<(reason: CauceError) => void>()
  readonly #over = new AbortController()
  #failure: CauceError | undefined
  #lastAnswerMs: number

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.#lastAnswerMs = parts.clock.now()
    const lost = (cause: unknown): void => this.#fail(connectionLost(parts.location, cause))
    // Every failure of the driver ends up here: an `error` event without a listener would end the process.
    for (const emitter of [parts.client, parts.sftp]) {
      emitter.on('error', lost)
      for (const event of ['end', 'close'])
        emitter.on(event, () => lost(new Error('the server closed the connection')))
    }
    void this.#watch()
  }

  get isOpen(): boolean {
    return this.#failure === undefined
  }

  /**
   * Sends one request and waits for its answer. Rejects with the driver's error when the server answers with one (its
   * `code` is a number), with SOURCE_UNREACHABLE when the connection breaks or the server is silent for `timeoutMs`.
   */
  async ask<T>(request: (sftp: SFTPWrapper, answer: Answer<T>) => void): Promise<T> {
    const { sftp, clock, location } = this.#parts
    if (this.#failure !== undefined) throw this.#failure
    if (this.#waiting.size === 0) this.#lastAnswerMs = clock.now()
    return new Promise<T>((resolve, reject) => {
      const answer: Answer<T> = (error, value) => {
        if (!this.#waiting.delete(reject)) return
        this.#lastAnswerMs = clock.now()
        if (error === null || error === undefined) resolve(value)
        else if (statusOf(error) !== undefined) reject(error)
        else {
          // The driver answers for the server when the connection breaks.
          const failure = connectionLost(location, error)
          reject(failure)
          this.#fail(failure)
        }
      }
      request(sftp, answer)
      // Last: a request the driver refuses to send throws, and is not waited for.
      this.#waiting.add(reject)
    })
  }

  /** Breaks off at once; whoever waits for an answer gets SOURCE_UNREACHABLE. */
  breakOff(reason: string): void {
    this.#fail(connectionLost(this.#parts.location, new Error(reason)))
  }

  /** Says goodbye and closes. */
  async close(): Promise<void> {
    if (this.#failure !== undefined) return
    const { client, clock, socket } = this.#parts
    const waited = new AbortController()
    // A server that does not say goodbye is left without one.
    const goodbye = client.end().catch(() => undefined)
    await Promise.race([goodbye, clock.sleep(GOODBYE_MS, waited.signal).catch(() => undefined)])
    waited.abort()
    socket.destroy()
    this.breakOff('the connection was closed')
  }

  #fail(failure: CauceError): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    this.#over.abort()
    this.#parts.socket.destroy()
    for (const reject of this.#waiting) reject(failure)
    this.#waiting.clear()
  }

  /**
   * Breaks off when a request stays without an answer, or, as the driver pings an idle server, when nothing at all comes:
   * a connection that died while it lay idle is then known before it is used again.
   */
  async #watch(): Promise<void> {
    const { clock, socket, location } = this.#parts
    const stepMs = location.timeoutMs / LOOKS_PER_TIMEOUT
    let bytes = socket.bytesRead
    let lastByteMs = clock.now()
    let lookedMs = lastByteMs
    while (this.isOpen) {
      await clock.sleep(stepMs, this.#over.signal).catch(() => undefined)
      const nowMs = clock.now()
      // We were stopped or busy ourselves: what the server sent meanwhile has not been read yet.
      const weSlept = nowMs - lookedMs > 3 * stepMs
      lookedMs = nowMs
      if (weSlept) this.#lastAnswerMs = nowMs
      if (weSlept || socket.bytesRead !== bytes) {
        bytes = socket.bytesRead
        lastByteMs = nowMs
      }
      const sinceMs = this.#waiting.size > 0 ? this.#lastAnswerMs : lastByteMs
      if (nowMs - sinceMs > location.timeoutMs - stepMs) this.#fail(serverSilent(location))
    }
  }
}
