import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CauceError } from '../../model/cauce-error.ts'
import type { Clock } from '../../model/clock.ts'
import { EngineError } from '../../engine/duckdb/engine-error.ts'
import { engineOn, type Engine } from '../../engine/duckdb/open-engine.ts'
import { openInstance, openLockedInstance, type Instance } from '../../engine/duckdb/open-instance.ts'
import { quoteText } from '../../plan/duckdb/quote.ts'
import { lockHolder, toDuckdbError } from './errors.ts'
import { takeTurn } from './file-turns.ts'
import type { DuckdbLocation } from './location.ts'
import { DATABASE } from './names.ts'
import { isUnfinished, removeUnfinished } from './unfinished-file.ts'

export interface ConnectionOptions {
  readonly clock: Clock
  /** How long a lock held by another process is waited for. */
  readonly lockWaitMs: number
  readonly memoryMb: number
}

/** The staged files a piece of work reads: all in one folder. */
export interface StagedFiles {
  readonly folder: string
  readonly rows: number
  readonly sizeBytes: number
}

/**
 * Files of new databases: readable by every DuckDB from 1.4, and a third less CPU per row than the older default, whose
 * analysis of text columns costs most of an append.
 */
const STORAGE_VERSION = 'v1.4.0'

/**
 * COMMIT writes a checkpoint and no log first: half the syncs of a small load, nothing left beside the file after a kill, and
 * a full disk fails the COMMIT instead of what comes after it.
 */
const SETTINGS = { checkpoint_threshold: '0B' }

/** Beyond these, a load may need to spill; below, opening an instance would cost as much as the load. */
const SMALL_LOAD_ROWS = 100_000
const SMALL_LOAD_BYTES = 8 * 1024 * 1024
const SMALL_FILE_BYTES = 64 * 1024 * 1024

const SHORTEST_PAUSE_MS = 2
const LONGEST_PAUSE_MS = 50

/**
 * Access to one DuckDB file, which is open only while a piece of work runs: DuckDB lets in one writer or any number of readers,
 * and whoever waits must get in between two loads. The file is attached to an instance in memory, for that takes a
 * millisecond where opening an instance on the file takes twenty.
 */
export class DuckdbConnection {
  readonly #location: DuckdbLocation
  readonly #options: ConnectionOptions
  #kept: { readonly engine: Engine; readonly root: string | undefined } | undefined

  constructor(location: DuckdbLocation, options: ConnectionOptions) {
    this.#location = location
    this.#options = options
  }

  /** Runs work on the file opened for reading; undefined when there is no file yet. */
  async reading<Result>(work: (database: Engine) => Promise<Result>): Promise<Result | undefined> {
    const endTurn = await takeTurn(this.#location.path)
    try {
      if ((await this.#sizeBytes()) === 0) return undefined
      return await this.#attached(await this.#keptEngine(undefined), 'READ_ONLY', work)
    } finally {
      endTurn()
    }
  }

  /** Runs work on the file opened for writing, made if it is absent. An abort ends the waiting, not the work. */
  async writing<Result>(
    work: (database: Engine) => Promise<Result>,
    { staged, signal }: { readonly staged?: StagedFiles; readonly signal?: AbortSignal } = {},
  ): Promise<Result> {
    const endTurn = await takeTurn(this.#location.path, signal)
    try {
      const isSmall = staged === undefined || (await this.#isSmall(staged))
      if (isSmall) return await this.#attached(await this.#keptEngine(staged), 'READ_WRITE', work, signal)
      const instance = await openLockedInstance({ ...this.#instanceOptions(), ...this.#reach(staged.folder) })
      await using engine = engineOn(instance, this.#location.path)
      return await this.#attached(engine, 'READ_WRITE', work, signal)
    } finally {
      endTurn()
    }
  }

  /** As `writing`, for work that learns in its midst which folder it needs: `lock` is to be called before that is used. */
  async writingUnlocked<Result>(
    work: (database: Engine, lock: (folder: string) => Promise<void>) => Promise<Result>,
  ): Promise<Result> {
    const endTurn = await takeTurn(this.#location.path)
    try {
      const instance = await openInstance(this.#instanceOptions())
      await using engine = engineOn(instance, this.#location.path)
      const lock = oncePerFolder(instance, (folder) => this.#reach(folder))
      return await this.#attached(engine, 'READ_WRITE', async (database) => work(database, lock))
    } finally {
      endTurn()
    }
  }

  async close(): Promise<void> {
    const endTurn = await takeTurn(this.#location.path)
    try {
      await this.#dropKept()
    } finally {
      endTurn()
    }
  }

  async #attached<Result>(
    engine: Engine,
    mode: 'READ_ONLY' | 'READ_WRITE',
    work: (database: Engine) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    // DuckDB invalidates a database on some errors; only closing the instance surely gives the file back.
    const giveUp = async (): Promise<void> =>
      engine === this.#kept?.engine ? this.#dropKept() : engine.close()
    let result: Result
    try {
      await this.#attach(engine, mode, signal)
      result = await work(engine)
    } catch (error) {
      await giveUp()
      throw toDuckdbError(error, this.#location)
    }
    // What was committed stays so, whatever happens on the way out.
    await engine.run(`DETACH ${DATABASE}`).catch(giveUp)
    return result
  }

  /** Opens the file, waiting while another process has it. */
  async #attach(engine: Engine, mode: 'READ_ONLY' | 'READ_WRITE', signal?: AbortSignal): Promise<void> {
    const { clock, lockWaitMs } = this.#options
    const { path, displayUrl } = this.#location
    const until = clock.now() + lockWaitMs
    for (let pauseMs = SHORTEST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
      signal?.throwIfAborted()
      const isNew = mode === 'READ_WRITE' && (await this.#sizeBytes()) === 0
      const options = isNew ? `${mode}, STORAGE_VERSION '${STORAGE_VERSION}'` : mode
      try {
        await engine.run(`ATTACH ${quoteText(path)} AS ${DATABASE} (TYPE duckdb, ${options})`)
        return
      } catch (error) {
        const holder = lockHolder(error)
        if (holder === undefined) {
          const isRemoved = isNew && (await removeUnfinished(path))
          if (isRemoved && error instanceof EngineError) continue
          throw error
        }
        if (clock.now() >= until)
          throw new CauceError('DESTINATION_BUSY', {
            url: displayUrl,
            detail: `${holder} kept it open for ${Math.round(lockWaitMs / 1000)} s`,
          })
      }
      await clock.sleep(pauseMs, signal).catch((error: unknown) => {
        signal?.throwIfAborted()
        throw error
      })
    }
  }

  /** An instance kept between loads. It reaches the folder in which every attempt has its own, and spills nothing. */
  async #keptEngine(staged: StagedFiles | undefined): Promise<Engine> {
    const root = staged && rootOf(staged.folder)
    if (this.#kept !== undefined && (root === undefined || this.#kept.root === root)) return this.#kept.engine
    await this.#dropKept()
    const instance = await openLockedInstance({
      ...this.#instanceOptions(),
      ...this.#reach(root),
      tempFolder: undefined,
    })
    this.#kept = { engine: engineOn(instance, this.#location.path), root }
    return this.#kept.engine
  }

  async #dropKept(): Promise<void> {
    const kept = this.#kept
    this.#kept = undefined
    await kept?.engine.close()
  }

  #instanceOptions(): Parameters<typeof openInstance>[0] {
    return { memoryMb: this.#options.memoryMb, threads: 1, settings: SETTINGS }
  }

  /** The file with what DuckDB keeps beside it, and a folder. */
  #reach(folder: string | undefined): Parameters<Instance['lock']>[0] {
    const { path } = this.#location
    return {
      folders: folder === undefined ? [] : [folder],
      files: ['', '.wal', '.wal.checkpoint', '.wal.recovery'].map((ending) => path + ending),
      tempFolder: folder === undefined ? undefined : join(folder, 'duckdb-load'),
    }
  }

  async #isSmall({ rows, sizeBytes }: StagedFiles): Promise<boolean> {
    if (rows > SMALL_LOAD_ROWS || sizeBytes > SMALL_LOAD_BYTES) return false
    return (await this.#sizeBytes()) <= SMALL_FILE_BYTES
  }

  /** 0 where there is no file, or none yet that anything could be in. */
  async #sizeBytes(): Promise<number> {
    const { path } = this.#location
    const { size } = await stat(path).catch(() => ({ size: 0 }))
    return (await isUnfinished(path)) ? 0 : size
  }
}

/** The folder above an attempt's own; itself where that would be the whole disk. */
function rootOf(folder: string): string {
  const above = dirname(folder)
  return dirname(above) === above ? folder : above
}

/** An instance can be locked once; what is asked for afterwards must be the same folder. */
function oncePerFolder(
  instance: Instance,
  reach: (folder: string) => Parameters<Instance['lock']>[0],
): (folder: string) => Promise<void> {
  let locked: string | undefined
  return async (folder) => {
    if (locked === folder) return
    if (locked !== undefined) throw new TypeError(`locked to ${locked} already`)
    locked = folder
    await instance.lock(reach(folder))
  }
}
