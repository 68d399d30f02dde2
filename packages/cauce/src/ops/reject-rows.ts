import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { openEngine, type Engine } from '../engine/duckdb/open-engine.ts'
import { openSpool } from '../dispatch/process-spool.ts'
import type { ProjectHome } from '../dispatch/project-home.ts'
import { ownIdentity } from '../ledger/process-identity.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { fetchKeptRejects } from '../perform/kept-rejects.ts'
import { quoteText } from '../plan/duckdb/quote.ts'

/** An engine with the rejects of one load as the relation `kept`, locked to a folder of its own. */
export interface RejectDesk extends AsyncDisposable {
  readonly engine: Engine
  readonly folder: string
  /** The kept rejects' file in the folder. */
  readonly keptPath: string
}

/**
 * Lays the kept rejects of a load out for reading.
 * @throws {CauceError} REJECTS_UNREADABLE when the load kept none, or their file is gone
 */
export async function openRejects(home: ProjectHome, item: ItemRow): Promise<RejectDesk> {
  // One process may read the same rejects several times at once: for the messages of several channels, and for the API.
  const spool = await openSpool(home, await ownIdentity(), `rejects_${item.id}_${randomUUID()}`)
  const { folder } = spool
  const keptPath = join(folder, 'kept.parquet')
  try {
    await fetchKeptRejects({ folder: home.rejects, loadKey: item.loadKey ?? '', item: item.key }, keptPath)
    const engine = await openEngine({ spoolDirectory: folder, memoryMb: 256, threads: 1 })
    await engine.run(`CREATE TEMP VIEW kept AS SELECT * FROM read_parquet(${quoteText(keptPath)})`)
    return {
      engine,
      folder,
      keptPath,
      async [Symbol.asyncDispose]() {
        await engine.close()
        await spool[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await spool[Symbol.asyncDispose]()
    throw error
  }
}
