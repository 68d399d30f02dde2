/** One file or object as a listing shows it. */
export interface SourceEntry {
  /** Path relative to the source's folder, `/` between parts, exactly as the source spells it. */
  readonly key: string
  readonly sizeBytes: number
  /** Milliseconds since 1970 UTC by the source's own clock; whole seconds where the protocol has no more. */
  readonly modifiedMs: number
}

export interface FetchRequest {
  readonly entry: SourceEntry
  /** A file of ours in the attempt's spool folder; never built from the entry's key. */
  readonly toPath: string
  /** Told from time to time how many bytes have arrived. */
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
  /** Connections one performer holds open on the source. */
  readonly connectionsPerPerformer: number
}

/** The reading side of a connector, opened on one folder. */
export interface Source {
  readonly capabilities: SourceCapabilities
  /** The source for people: no password, no key. */
  readonly displayUrl: string
  /**
   * Every regular file under the folder whose key matches the glob, in key order. Links are followed only inside the folder.
   * @throws {CauceError} SOURCE_UNREACHABLE, SOURCE_ACCESS, SOURCE_HOST_KEY, SOURCE_MISSING
   */
  list(pattern: string, signal: AbortSignal): Promise<readonly SourceEntry[]>
  /** The file as it is now, or undefined when it is gone. */
  stat(key: string): Promise<SourceEntry | undefined>
  /**
   * Brings one file to the spool, hashing on the way; a broken transfer is resumed or restarted inside.
   * Size and time are looked up again afterwards: a file that moved meanwhile is SOURCE_CHANGED.
   */
  fetch(request: FetchRequest): Promise<Fetched>
  /** Whether `delete` could work, asked before anything is loaded when deletion was asked for. @throws SOURCE_DELETE */
  assertDeletable(key: string): Promise<void>
  /** Removes the file if it is still the version given; a file already gone is fine. @throws SOURCE_DELETE, SOURCE_CHANGED */
  delete(entry: SourceEntry): Promise<void>
  close(): Promise<void>
}

/** Opens a source; nothing is connected before the first call that needs it. */
export type OpenSource = (url: string) => Promise<Source>
