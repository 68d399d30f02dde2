import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, LOOPBACK } from './free-port.ts'

export type Direction = 'to-server' | 'to-client'
type Matcher = (chunk: Buffer) => boolean

/** A TCP proxy in front of a real server that makes the faults a network makes. `await using` stops it. */
export interface TcpProxy extends AsyncDisposable {
  host: string
  port: number
  /** The same URL, but through the proxy. */
  urlFor(url: string): string
  openConnections(): number
  /** Delays every chunk, each way. */
  setLatency(ms: number): void
  /** Every connection made from now on is reset on both sides once this many bytes went that way. */
  cutAfter(direction: Direction, bytes: number): void
  /** From now on connections stay open but nothing passes: the other side seems to be thinking for ever. */
  blackHole(): void
  /** Resets all connections and refuses new ones. */
  refuse(): Promise<void>
  /** Forwards again without faults. What a black hole swallowed is gone. */
  heal(): Promise<void>
  /**
   * Once: a request that matches reaches the server, but when the server answers, the answer is dropped and the
   * client reset. Resolves when that has happened, so the server has acted by then.
   */
  dropReplyTo(matches: Matcher): Promise<void>
  /** Once: a request that matches never reaches the server, and both sides are reset. Resolves when that happened. */
  dropRequest(matches: Matcher): Promise<void>
  stop(): Promise<void>
}

/**
 * Matches a chunk of client bytes that holds this text. A chunk is what one TCP read gave: short requests such as
 * COMMIT come in one. The connection must use neither TLS nor compression.
 */
export function containsText(text: string): Matcher {
  return (chunk) => chunk.includes(text)
}

interface Trap {
  matches: Matcher
  forward: boolean
  sprung: () => void
}

interface Faults {
  latencyMs: number
  cut: { direction: Direction; bytes: number } | undefined
  swallow: boolean
  traps: Set<Trap>
}

/** Starts a proxy on a free loopback port; the target needs to be there only when a client connects. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const port = await freePort()
  const faults: Faults = { latencyMs: 0, cut: undefined, swallow: false, traps: new Set() }
  const pairs = new Set<Pair>()
  const server = createServer((client) => {
    const pair = new Pair(client, connect(target), faults)
    pairs.add(pair)
    pair.whenGone(() => pairs.delete(pair))
  })
  await listen(server, port)
  const resetAll = () => {
    for (const pair of pairs) pair.reset()
    pairs.clear()
  }
  const trap = async (matches: Matcher, forward: boolean) =>
    new Promise<void>((resolve) => {
      faults.traps.add({ matches, forward, sprung: resolve })
    })
  const refuse = async () => {
    const closed = close(server)
    resetAll()
    await closed
  }
  return {
    host: LOOPBACK,
    port,
    urlFor: (url) => {
      const through = new URL(url)
      through.host = `${LOOPBACK}:${port}`
      return through.href
    },
    openConnections: () => pairs.size,
    setLatency: (ms) => void (faults.latencyMs = ms),
    cutAfter: (direction, bytes) => void (faults.cut = { direction, bytes }),
    blackHole: () => void (faults.swallow = true),
    refuse,
    heal: async () => {
      Object.assign(faults, { latencyMs: 0, cut: undefined, swallow: false })
      faults.traps.clear()
      if (!server.listening) await listen(server, port)
    },
    dropReplyTo: async (matches) => trap(matches, true),
    dropRequest: async (matches) => trap(matches, false),
    stop: refuse,
    [Symbol.asyncDispose]: refuse,
  }
}

/** A client's connection and the one made to the server for it. */
class Pair {
  readonly #client: Socket
  readonly #server: Socket
  readonly #faults: Faults
  readonly #cut: Faults['cut']
  readonly #passed: Record<Direction, number> = { 'to-server': 0, 'to-client': 0 }
  /** Set once a trapped request went out: the next bytes of the server spring it. */
  #awaitedReply: Trap | undefined
  #queue: Promise<void> = Promise.resolve()

  constructor(client: Socket, server: Socket, faults: Faults) {
    this.#client = client
    this.#server = server
    this.#faults = faults
    this.#cut = faults.cut
    client.on('data', (chunk) => this.#fromClient(chunk))
    server.on('data', (chunk) => this.#fromServer(chunk))
    for (const [side, other] of [
      [client, server],
      [server, client],
    ] as const) {
      side.setNoDelay(true)
      side.on('end', () => this.#later(() => other.end()))
      side.on('error', () => this.reset())
    }
  }

  whenGone(gone: () => void): void {
    this.#client.once('close', gone)
  }

  reset(): void {
    for (const socket of [this.#client, this.#server]) {
      // A socket that is already saying goodbye can no longer be reset: the attempt fails and it would never close.
      if (socket.writableEnded) socket.destroy()
      else socket.resetAndDestroy()
    }
  }

  #fromClient(chunk: Buffer): void {
    const trap = [...this.#faults.traps].find((candidate) => candidate.matches(chunk))
    if (trap) {
      this.#faults.traps.delete(trap)
      if (!trap.forward) {
        this.reset()
        trap.sprung()
        return
      }
      this.#awaitedReply = trap
    }
    this.#pass('to-server', this.#client, this.#server, chunk)
  }

  #fromServer(chunk: Buffer): void {
    if (this.#awaitedReply) {
      this.reset()
      this.#awaitedReply.sprung()
      return
    }
    this.#pass('to-client', this.#server, this.#client, chunk)
  }

  #pass(direction: Direction, from: Socket, to: Socket, chunk: Buffer): void {
    if (this.#faults.swallow) return
    const left = this.#cut?.direction === direction ? this.#cut.bytes - this.#passed[direction] : Infinity
    const part = chunk.subarray(0, left)
    this.#passed[direction] += part.length
    this.#later(() => {
      const lastPart = left <= chunk.length
      // The bytes up to the cut are to arrive; a reset at once could overtake them.
      const roomLeft = to.write(part, () => {
        if (lastPart) this.reset()
      })
      // A reader slower than the writer stops it, as without a proxy.
      if (!roomLeft) {
        from.pause()
        to.once('drain', () => from.resume())
      }
    })
  }

  /** Chunks keep their order also when the latency changes between two of them. */
  #later(action: () => void): void {
    this.#queue = this.#after(this.#queue, performance.now() + this.#faults.latencyMs, action)
  }

  async #after(previous: Promise<void>, dueAt: number, action: () => void): Promise<void> {
    await previous
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) await sleep(waitMs)
    action()
  }
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function close(server: Server): Promise<void> {
  if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()))
}
