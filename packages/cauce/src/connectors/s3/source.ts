import { homedir } from 'node:os'
import { CauceError } from '../../model/cauce-error.ts'
import { systemClock, type Clock } from '../../model/clock.ts'
import type { Fetched, FetchRequest, OpenSource, Source, SourceCapabilities, SourceEntry } from '../source.ts'
import { SpoolFile } from '../spool-file.ts'
import { systemRandom, tryAgain } from '../try-again.ts'
import { connectS3, type S3Connection } from './connection.ts'
import { download, type AskBytes } from './download.ts'
import {
  deleteError,
  isGone,
  isNotImplemented,
  isUnexplained,
  mayTryAgain,
  notDeletable,
  requestError,
} from './errors.ts'
import { listObjects } from './list-objects.ts'
import { s3Location, type S3Location } from './location.ts'
import { entryFrom, etagOf } from './object-version.ts'

/** Opens a bucket, or a folder of one, as a source. Nothing is connected yet. @throws {CauceError} CONFIG_INVALID */
export const openS3Source: OpenSource = async (url, surroundings = {}) => {
  const { clock = systemClock, random = systemRandom, environment = process.env } = surroundings
  const location = s3Location(url, environment, environment['HOME'] || homedir())
  return new S3Source({ location, clock, random })
}

interface S3SourceParts {
  readonly location: S3Location
  readonly clock: Clock
  readonly random: () => number
}

/** One request over a connection. */
type Request<Answer> = (
  connection: S3Connection,
  options: { readonly abortSignal: AbortSignal },
) => Promise<Answer>

class S3Source implements Source {
  readonly capabilities: SourceCapabilities
  readonly displayUrl: string
  readonly #parts: S3SourceParts
  #connection: Promise<S3Connection> | undefined

  constructor(parts: S3SourceParts) {
    this.#parts = parts
    this.displayUrl = parts.location.displayUrl
    this.capabilities = {
      sharesOurClock: false,
      boundToHost: false,
      appearsWhole: true,
      connectionsPerPerformer: parts.location.connections,
    }
  }

  async list(pattern: string, signal: AbortSignal): Promise<readonly SourceEntry[]> {
    const all: SourceEntry[] = []
    for await (const page of this.listPages(pattern, signal)) all.push(...page)
    // The server sorts by bytes.
    return all.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  }

  async *listPages(pattern: string, signal: AbortSignal): AsyncGenerator<readonly SourceEntry[]> {
    signal.throwIfAborted()
    yield* listObjects(pattern, this.#parts.location, async (page) =>
      this.#tried(undefined, signal, async ({ client, commands }, options) =>
        client.send(new commands.ListObjectsV2Command(page), options),
      ),
    )
  }

  async stat(key: string): Promise<SourceEntry | undefined> {
    if (key === '' || key.endsWith('/')) return undefined
    try {
      return await this.#look(key)
    } catch (error) {
      if (!isGone(error)) throw error
      await this.#assertBucket()
      return undefined
    }
  }

  async fetch({ entry, toPath, onBytes, signal }: FetchRequest): Promise<Fetched> {
    signal.throwIfAborted()
    const { clock, random, location } = this.#parts
    const spool = await SpoolFile.open(toPath)
    try {
      const { key } = entry
      const etag = etagOf(entry) ?? etagOf(await this.#look(key))
      const object = { ...this.#object(key), ...(etag === undefined ? {} : { IfMatch: etag }) }
      const ask: AskBytes = async (range, abortSignal) =>
        this.#once(key, abortSignal, async ({ client, commands }, options) =>
          client.send(new commands.GetObjectCommand({ ...object, ...range }), options),
        )
      await download({ entry, location, ask, spool, onBytes, clock, random, signal })
      return await spool.finish()
    } catch (error) {
      await spool.discard()
      throw error
    }
  }

  /**
   * Asks the server to delete a key nobody has, which it answers with success or a refusal. Not where the bucket keeps versions,
   * or does not say: there that would leave a mark, and a `delete` may be refused after this found nothing.
   */
  async assertDeletable(key: string): Promise<void> {
    if (await this.#keepsVersions()) return
    const folder = key.slice(0, key.lastIndexOf('/') + 1)
    const probe = `${folder}.cauce-may-delete-${Math.floor(this.#parts.random() * 2 ** 48).toString(36)}`
    try {
      await this.#tried(probe, NEVER, async ({ client, commands }, options) =>
        client.send(new commands.DeleteObjectCommand(this.#object(probe)), options),
      )
    } catch (error) {
      if (!isGone(error)) throw notDeletable(error, key || this.displayUrl)
    }
  }

  /**
   * The condition makes look and removal one where the server knows it (AWS); elsewhere (MinIO) a replacement in the one round
   * trip between them would be lost, or hidden where the bucket keeps versions.
   */
  async delete(entry: SourceEntry): Promise<void> {
    const { key } = entry
    const found = await this.stat(key)
    if (found === undefined) return
    const detail = differenceOf(entry, found)
    if (detail !== undefined) throw new CauceError('SOURCE_CHANGED', { file: key, detail })
    const object = this.#object(key)
    const etag = etagOf(found)
    try {
      await this.#tried(key, NEVER, async ({ client, commands }, options) => {
        try {
          const only = etag === undefined ? {} : { IfMatch: etag }
          await client.send(new commands.DeleteObjectCommand({ ...object, ...only }), options)
        } catch (error) {
          if (!isNotImplemented(error)) throw error
          await client.send(new commands.DeleteObjectCommand(object), options)
        }
      })
    } catch (error) {
      if (!isGone(error)) throw deleteError(error, key)
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    // A client that was never made needs no end.
    const made = await connection?.catch(() => undefined)
    made?.client.destroy()
  }

  #object(key: string): { readonly Bucket: string; readonly Key: string } {
    const { bucket, prefix } = this.#parts.location
    return { Bucket: bucket, Key: prefix + key }
  }

  async #look(key: string): Promise<SourceEntry> {
    const object = this.#object(key)
    const found = await this.#tried(key, NEVER, async ({ client, commands }, options) => {
      try {
        return await client.send(new commands.HeadObjectCommand(object), options)
      } catch (error) {
        // Answers to HEAD have no body: the same question as GET is told why.
        if (isUnexplained(error))
          await client.send(new commands.GetObjectCommand({ ...object, Range: 'bytes=0-0' }), options)
        throw error
      }
    })
    return entryFrom(key, found.ContentLength ?? 0, found)
  }

  /** An answer to HEAD does not tell a missing object from a missing bucket. */
  async #assertBucket(): Promise<void> {
    const { bucket } = this.#parts.location
    try {
      await this.#tried(bucket, NEVER, async ({ client, commands }, options) =>
        client.send(new commands.HeadBucketCommand({ Bucket: bucket }), options),
      )
    } catch (error) {
      if (isGone(error)) throw new CauceError('SOURCE_MISSING', { url: this.displayUrl }, { cause: error })
      // Who may read objects need not be let look at the bucket.
      if (!(error instanceof CauceError) || error.code !== 'SOURCE_ACCESS') throw error
    }
  }

  async #keepsVersions(): Promise<boolean> {
    const { bucket } = this.#parts.location
    try {
      const { Status: status } = await this.#tried(undefined, NEVER, async ({ client, commands }, options) =>
        client.send(new commands.GetBucketVersioningCommand({ Bucket: bucket }), options),
      )
      return status !== undefined
    } catch (error) {
      if (error instanceof CauceError && error.code === 'SOURCE_ACCESS') return true
      throw error
    }
  }

  /** As `#once`, again when the connection or the server fails. */
  async #tried<Answer>(
    key: string | undefined,
    signal: AbortSignal,
    request: Request<Answer>,
  ): Promise<Answer> {
    const { clock, random } = this.#parts
    return tryAgain(async () => this.#once(key, signal, request), { clock, random, signal, mayTryAgain })
  }

  /** Makes one request about an object, or about the bucket. @throws {CauceError} or the signal's reason */
  async #once<Answer>(
    key: string | undefined,
    signal: AbortSignal,
    request: Request<Answer>,
  ): Promise<Answer> {
    signal.throwIfAborted()
    try {
      // No pause between finding none and setting one: two callers at once share a client.
      this.#connection ??= connectS3(this.#parts.location)
      return await request(await this.#connection, { abortSignal: signal })
    } catch (error) {
      signal.throwIfAborted()
      throw requestError(error, this.#parts.location, key)
    }
  }
}

const NEVER = new AbortController().signal

function differenceOf(entry: SourceEntry, found: SourceEntry): string | undefined {
  if (found.sizeBytes !== entry.sizeBytes) return `it had ${entry.sizeBytes} bytes and has ${found.sizeBytes}`
  const isSame =
    found.modifiedMs === entry.modifiedMs && (entry.version === undefined || entry.version === found.version)
  return isSame ? undefined : 'it was replaced since it was listed'
}
