import { join } from 'node:path'
import { type Engine, engineOn, type EngineOptions } from './open-engine.ts'
import { openLockedInstance } from './open-instance.ts'

/** A locked DuckDB kept open for one task after another. */
export interface EngineHost extends AsyncDisposable {
  /**
   * An engine for one task: its temporary tables and views are its own and go with it. Opening one costs about 1 ms, a whole
   * DuckDB 20 to 100; small files take less than that.
   */
  engine(): Promise<Engine>
  close(): Promise<void>
}

/** Opens a DuckDB locked to a folder, for engines that follow each other. */
export async function openEngineHost({
  spoolDirectory,
  memoryMb,
  threads = 1,
}: EngineOptions): Promise<EngineHost> {
  const instance = await openLockedInstance({
    folders: [spoolDirectory],
    files: [],
    tempFolder: join(spoolDirectory, 'duckdb-temp'),
    memoryMb,
    threads,
  })
  const close = async (): Promise<void> => instance.close()
  return {
    engine: async () => {
      const connection = await instance.connect()
      return engineOn({ connection, close: async () => connection.closeSync() }, spoolDirectory)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
