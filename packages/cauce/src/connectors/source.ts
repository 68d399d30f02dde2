import type { Clock } from '../model/clock.ts'

/** One file or object as a listing shows it. */
export interface SourceEntry {
  /**
   * Path relative to the source's folder, `/` between parts, as the source spells it. Bytes of a local name that are not
   * UTF-8 are shown as `\xNN` (see connectors/files/name-bytes.ts).
   */
  readonly key: string
  readonly sizeBytes: number
  /** Whole milliseconds since 1970 UTC by the source's own clock; whole seconds where the protocol has no more. */
  readonly modifiedMs: number
  /** What tells versions of a key apart better than size and time, where the source has such a thing (an ETag). */
  readonly version?: string
}

export interface FetchRequest {
  readonly entry: SourceEntry
  /** A file of ours in the attempt's spool folder; never built from the entry's key. */
  readonly toPath: string
  /** Told how many bytes have arrived: after each piece of at most 1 MiB, so at least once for a file that is not empty. */
  readonly onBytes: (arrivedBytes: number) => void
  readonly signal: AbortSignal
}

/** What arrived, proven whole. */
export interface Fetched {
  readonly sizeBytes: number
  /** sha256 hex of the bytes as they lie in the spool. */
  readonly sha256: string
}

/** What a source can and cannot do, as data: callers branch on these and never on a system's name. */
export interface SourceCapabilities {
  /** Listings carry times of a clock we can compare with our own (a local disk): lets a quiet file pass with one look. */
  readonly sharesOurClock: boolean
  /** Keys name files of this machine: another host cannot work on them, whatever clock they carry. */
  readonly boundToHost: boolean
  /** What is listed was written whole: nobody's half-written file is ever shown, so no second look is needed. */
  readonly appearsWhole: boolean
  /** Connections one performer holds open on the source. */
  readonly connectionsPerPerformer: number
}

/**
 * The reading side of a connector, opened on one folder. May be used by several callers at once.
 *
 * Everything rejects with a CauceError, or with the signal's reason once the signal aborts.
 */
export interface Source {
  readonly capabilities: SourceCapabilities
  /** The source for people: no password, no key. */
  readonly displayUrl: string
  /**
   * Every regular file under the folder whose key matches the glob, in key order. Links are followed only inside the folder;
   * hidden files and folders only where the pattern names them.
   * @throws {CauceError} SOURCE_UNREACHABLE, SOURCE_ACCESS, SOURCE_HOST_KEY, SOURCE_MISSING, CONFIG_INVALID
   */
  list(pattern: string, signal: AbortSignal): Promise<readonly SourceEntry[]>
  /**
   * As `list`, a part at a time and in the source's own order, so that a listing may be longer than memory. A key comes once.
   * @throws {CauceError} as `list`
   */
  listPages(pattern: string, signal: AbortSignal): AsyncIterable<readonly SourceEntry[]>
  /**
   * The file as it is now, or undefined when it is gone.
   * @throws {CauceError} as `list`; FILE_UNREADABLE when the protocol cannot spell the name it was listed under
   */
  stat(key: string): Promise<SourceEntry | undefined>
  /**
   * Brings one file to the spool, hashing on the way; a broken transfer is resumed or restarted inside.
   * Size and time are looked up before and afterwards: a file that is not (or no longer) the entry's is SOURCE_CHANGED.
   * On any error the spool file is removed.
   * @throws {CauceError} as `list`; SOURCE_CHANGED, FILE_UNREADABLE, DISK_FULL, SPOOL_FAILED
   */
  fetch(request: FetchRequest): Promise<Fetched>
  /**
   * Whether `delete` could work, asked before anything is loaded when deletion was asked for; `''` asks about files
   * directly in the source's folder.
   * @throws {CauceError} SOURCE_NOT_DELETABLE, or as `list`
   */
  assertDeletable(key: string): Promise<void>
  /** Removes the file if it is still the version given; a file already gone is fine. @throws SOURCE_DELETE, SOURCE_CHANGED */
  delete(entry: SourceEntry): Promise<void>
  close(): Promise<void>
}

/** What a source takes from its surroundings; the machine's own where absent. */
export interface SourceSurroundings {
  readonly clock?: Clock
  /** A number from 0 up to, not including, 1: spreads repeated tries. */
  readonly random?: () => number
  /** Environment variables (HOME, SSH_AUTH_SOCK, those of S3 servers). */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** Opens a source; nothing is connected before the first call that needs it. @throws {CauceError} CONFIG_INVALID */
export type OpenSource = (url: string, surroundings?: SourceSurroundings) => Promise<Source>
