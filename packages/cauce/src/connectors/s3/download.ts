import { Readable } from 'node:stream'
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { CauceError } from '../../model/cauce-error.ts'
import type { Clock } from '../../model/clock.ts'
import type { SourceEntry } from '../source.ts'
import type { SpoolFile } from '../spool-file.ts'
import { tryAgain } from '../try-again.ts'
import { connectionLost, mayTryAgain, serverSilent } from './errors.ts'
import type { S3Location } from './location.ts'

/** Asks for an object's bytes, or those of a range (`bytes=0-9`), of the entry's version and no other. */
export type AskBytes = (
  range: { readonly Range?: string },
  signal: AbortSignal,
) => Promise<GetObjectCommandOutput>

export interface DownloadRequest {
  readonly entry: SourceEntry
  readonly location: S3Location
  readonly ask: AskBytes
  readonly spool: SpoolFile
  readonly onBytes: (arrivedBytes: number) => void
  readonly clock: Clock
  readonly random: () => number
  readonly signal: AbortSignal
}

/** Long enough that a connection mostly carries bytes instead of waiting 30 ms for the first, short enough to hold several. */
const RANGE_BYTES = 4 * 1024 * 1024
const PIECE_BYTES = 1024 * 1024
const LOOKS_PER_TIMEOUT = 8

/** A range under way to a room in memory. */
interface Arriving {
  readonly room: Buffer
  readonly bytes: Promise<Buffer>
}

/**
 * Brings an object in ranges, several at once, written in order so that the hash is taken on the way. A range that breaks off
 * goes on where it stood. Every request carries the version: bytes of two of them never meet.
 */
export async function download(request: DownloadRequest): Promise<void> {
  const { entry, location, spool, onBytes, signal } = request
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const underWay: Arriving[] = []
  // Used again and again: a new one for each range kept the collector busy for a third of the time.
  const free: Buffer[] = []
  let next = 0
  const startRanges = (): void => {
    while (underWay.length < location.connections && (next < entry.sizeBytes || next === 0)) {
      const length = Math.min(RANGE_BYTES, entry.sizeBytes - next)
      const room = free.pop() ?? Buffer.allocUnsafe(length)
      const bytes = readRange(request, { position: next, length }, room.subarray(0, length), either)
      // Awaited in its turn; until then a failure is not unhandled, only not yet looked at.
      bytes.catch(() => undefined)
      underWay.push({ room, bytes })
      next += Math.max(1, length)
    }
  }
  try {
    startRanges()
    for (let range = underWay.shift(); range !== undefined; range = underWay.shift()) {
      const bytes = await range.bytes
      startRanges()
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        signal.throwIfAborted()
        await spool.append(bytes.subarray(at, at + PIECE_BYTES))
        onBytes(spool.sizeBytes)
      }
      free.push(range.room)
    }
  } finally {
    stop.abort()
  }
}

interface Range {
  readonly position: number
  readonly length: number
}

/** Fills `room`, which is as long as the range. */
async function readRange(
  request: DownloadRequest,
  range: Range,
  room: Buffer,
  signal: AbortSignal,
): Promise<Buffer> {
  const { clock, random } = request
  let filled = 0
  const go = async (): Promise<void> => {
    const rest = { position: range.position + filled, length: range.length - filled }
    await readRest(request, rest, signal, (chunk) => {
      if (chunk.length > range.length - filled) throw otherLength(request, filled + chunk.length)
      room.set(chunk, filled)
      filled += chunk.length
    })
    if (filled < range.length) throw connectionLost(request.location, new Error('the answer ended too early'))
  }
  await tryAgain(go, { clock, random, signal, mayTryAgain })
  return room
}

async function readRest(
  request: DownloadRequest,
  { position, length }: Range,
  signal: AbortSignal,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const { ask, location, entry } = request
  // Of an object without bytes no range can be asked for.
  const isWhole = entry.sizeBytes === 0
  const answer = await ask(isWhole ? {} : { Range: `bytes=${position}-${position + length - 1}` }, signal)
  const { Body: body, ContentRange: told, ContentLength: size } = answer
  if (!(body instanceof Readable)) throw connectionLost(location, new Error('the answer has no body'))
  try {
    const total = /\/(\d+)$/.exec(told ?? '')?.[1]
    if (total !== undefined && Number(total) !== entry.sizeBytes) throw otherLength(request, Number(total))
    if (size !== undefined && size !== length) throw otherLength(request, size)
    await readBody(body, request, signal, take)
  } finally {
    body.destroy()
  }
}

/** Reads to the end, but never waits longer than the timeout for the next bytes. */
async function readBody(
  body: Readable,
  { clock, location }: DownloadRequest,
  signal: AbortSignal,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const over = new AbortController()
  const cancel = (): void => void body.destroy(new Error('cancelled'))
  signal.addEventListener('abort', cancel, { once: true })
  let lastByteMs = clock.now()
  let failure: CauceError | undefined
  const watch = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(location.timeoutMs / LOOKS_PER_TIMEOUT, over.signal)
      if (clock.now() - lastByteMs < location.timeoutMs) continue
      failure = serverSilent(location)
      body.destroy(failure)
      return
    }
  }
  // Ends with the sleep it was woken from.
  watch().catch(() => undefined)
  try {
    if (signal.aborted) cancel()
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      lastByteMs = clock.now()
      take(chunk)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof CauceError) throw error
    throw failure ?? connectionLost(location, error)
  } finally {
    over.abort()
    signal.removeEventListener('abort', cancel)
  }
}

function otherLength({ entry }: DownloadRequest, found: number): CauceError {
  return new CauceError('SOURCE_CHANGED', {
    file: entry.key,
    detail: `it had ${entry.sizeBytes} bytes and its answer speaks of ${found}`,
  })
}
