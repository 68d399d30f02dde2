import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSource } from '../../packages/cauce/src/connectors/source-registry.ts'
import type { Source } from '../../packages/cauce/src/connectors/source.ts'
import type { Destination } from '../../packages/cauce/src/connectors/destination.ts'
import { type EngineHost, openEngineHost } from '../../packages/cauce/src/engine/duckdb/engine-host.ts'
import { CauceError } from '../../packages/cauce/src/model/cauce-error.ts'
import { systemClock } from '../../packages/cauce/src/model/clock.ts'
import type { Plan } from '../../packages/cauce/src/model/plan.ts'
import { performItem } from '../../packages/cauce/src/perform/perform-item.ts'
import type { Stagehand } from '../../packages/cauce/src/perform/stagehand.ts'
import type { ItemOutcome, ItemTask, ReplayOrigin } from '../../packages/cauce/src/perform/task.ts'
import { replayPlan } from '../../packages/cauce/src/plan/replay-plan.ts'
import type { DestinationKit, KitDatabase } from '../conformance/destination/kit.ts'
import { COMPARED } from './accounts-pipeline.ts'

/** One row of the ledger, as far as these tests need one: what was recorded later has a greater number. */
export interface Version {
  readonly id: number
  readonly key: string
  readonly generation: number
  readonly folder: string
  loadKey: string | undefined
}

/** Tables by name, each row as JSON, sorted. */
export type Snapshot = Readonly<Record<string, readonly string[]>>

/** A destination, the versions of files that are loaded into it, and workers that carry them, all in this process. */
export class ReplaceBench implements AsyncDisposable {
  readonly database: KitDatabase
  readonly plan: Plan
  readonly #folder: string
  readonly #workers: Worker[] = []
  readonly #versions: Version[] = []

  private constructor(database: KitDatabase, plan: Plan, folder: string) {
    this.database = database
    this.plan = plan
    this.#folder = folder
  }

  static async make(kit: DestinationKit, plan: Plan): Promise<ReplaceBench> {
    const folder = await mkdtemp(join(tmpdir(), 'cauce-replace-'))
    return new ReplaceBench(await kit.createDatabase(), plan, folder)
  }

  /** Records a version of a file, as discovery would. */
  async version(key: string, content: string): Promise<Version> {
    const folder = join(this.#folder, `source-${this.#versions.length}`)
    await mkdir(folder)
    await writeFile(join(folder, key), content)
    return this.#record({ key, generation: 0, folder })
  }

  /** Records the reload of a version, as a person would ask for it. */
  reload({ key, folder, generation }: Version): Version {
    return this.#record({ key, folder, generation: generation + 1 })
  }

  #record(version: Pick<Version, 'key' | 'generation' | 'folder'>): Version {
    const recorded = { ...version, id: this.#versions.length, loadKey: undefined }
    this.#versions.push(recorded)
    return recorded
  }

  async worker(plan: Plan = this.plan): Promise<Worker> {
    const worker = await Worker.start({
      plan,
      folder: join(this.#folder, `worker-${this.#workers.length}`),
      destination: await this.database.open(),
      versions: this.#versions,
    })
    this.#workers.push(worker)
    return worker
  }

  /** What the tables hold, but for the keys of loads. */
  async snapshot(): Promise<Snapshot> {
    const tables: Record<string, readonly string[]> = {}
    const there = await this.database.tables()
    for (const [table, columns] of Object.entries(COMPARED)) {
      const rows = there.includes(table) ? await this.database.read(table, columns) : []
      tables[table] = rows.map((row) => JSON.stringify(row.map(rounded(columns)))).toSorted()
    }
    return tables
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#workers) await worker.close()
    await this.database.dispose()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** Sums of doubles depend on the order of adding in their last digits. */
function rounded(
  columns: readonly string[],
): (value: string | number | null, index: number) => string | null {
  return (value, index) => {
    if (value === null) return null
    return columns[index] === 'peso' ? Number(value).toPrecision(9) : String(value)
  }
}

/** Carries versions as a performer does. */
export class Worker {
  readonly #plan: Plan
  readonly #folder: string
  readonly #destination: Destination
  readonly #versions: readonly Version[]
  readonly #sources = new Map<string, Source>()
  readonly #host: EngineHost
  #tasks = 0

  private constructor(options: WorkerOptions, host: EngineHost) {
    this.#plan = options.plan
    this.#folder = options.folder
    this.#destination = options.destination
    this.#versions = options.versions
    this.#host = host
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    await mkdir(join(options.folder, 'rejects'), { recursive: true })
    return new Worker(options, await openEngineHost({ spoolDirectory: options.folder, memoryMb: 256 }))
  }

  /** Carries a version to its end. @throws {CauceError} what went wrong */
  async carry(version: Version, options: { readonly replay?: ReplayOrigin } = {}): Promise<ItemOutcome> {
    const outcome = await this.attempt(version, options)
    if (outcome.error !== undefined) throw CauceError.fromReport(outcome.error)
    return outcome
  }

  async attempt(version: Version, { replay }: { readonly replay?: ReplayOrigin } = {}): Promise<ItemOutcome> {
    const { key, generation, folder } = version
    const { size, mtimeMs } = await stat(join(folder, key))
    const spoolFolder = join(this.#folder, `task-${this.#tasks++}`)
    const task: ItemTask = {
      kind: 'item',
      plan: replay === undefined ? this.#plan : replayPlan(this.#plan),
      settings: {
        sourceUrl: folder,
        destinationUrl: '',
        backupFolder: undefined,
        deleteSource: false,
        referenceDate: REFERENCE,
        retry: { attempts: 1, delayMs: 0 },
      },
      run: 'run',
      referenceDate: REFERENCE,
      referenceIsExplicit: true,
      spoolFolder,
      item: { entry: { key, sizeBytes: size, modifiedMs: Math.floor(mtimeMs) }, generation },
      known: undefined,
      kept: undefined,
      attempt: { id: `${version.id}_${this.#tasks}`, number: 1, startedMs: 0 },
      // Drafts of kept rejects are named by process, and all workers are in this one.
      rejectsFolder: join(this.#folder, 'rejects'),
      replay,
    }
    const outcome = await performItem(task, this.#hand(version))
    await rm(spoolFolder, { recursive: true, force: true })
    return outcome
  }

  async close(): Promise<void> {
    await this.#destination.close()
    await this.#host.close()
  }

  #hand(version: Version): Stagehand {
    return {
      clock: systemClock,
      signal: new AbortController().signal,
      source: async ({ sourceUrl: url }) => {
        const source = this.#sources.get(url) ?? (await openSource(url))
        this.#sources.set(url, source)
        return source
      },
      destination: () => Promise.resolve(this.#destination),
      engine: () => this.#host.engine(),
      progress: () => undefined,
      retrying: () => undefined,
      isLater: (loadKey) =>
        Promise.resolve(
          this.#versions.some(
            (other) => other.key === version.key && other.id > version.id && other.loadKey === loadKey,
          ),
        ),
      seated: async ({ identity }, work) => {
        // What a load is must be known before it can be committed.
        version.loadKey = identity?.loadKey ?? version.loadKey
        return work()
      },
    }
  }
}

interface WorkerOptions {
  readonly plan: Plan
  readonly folder: string
  readonly destination: Destination
  readonly versions: readonly Version[]
}

const REFERENCE = '2013-02-28'
