import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDuckdbDestination } from '../../../packages/cauce/src/connectors/duckdb/destination.ts'
import type { DestinationKit, KitDatabase } from './kit.ts'

/** Databases that are a file in a folder of their own. */
export const duckdbKit: DestinationKit = {
  createDatabase: async () => new DuckdbFile(await mkdtemp(join(tmpdir(), 'cauce-duckdb-'))),
}

class DuckdbFile implements KitDatabase {
  readonly #folder: string
  readonly #path: string

  constructor(folder: string) {
    this.#folder = folder
    this.#path = join(folder, 'prueba.duckdb')
  }

  async open(): ReturnType<KitDatabase['open']> {
    return openDuckdbDestination(`duckdb:${this.#path}`)
  }

  async run(sql: string): Promise<void> {
    await this.#with('READ_WRITE', async (connection) => {
      await connection.run(sql)
    })
  }

  quoteName(name: string): string {
    return `"${name.replaceAll('"', '""')}"`
  }

  async read(table: string, columns: readonly string[]): Promise<(string | number | null)[][]> {
    const texts = columns.map((column) => `CAST(${this.quoteName(column)} AS VARCHAR)`).join(', ')
    return this.#rows(`SELECT ${texts} FROM ${this.quoteName(table)}`)
  }

  async tables(): Promise<string[]> {
    if (!existsSync(this.#path)) return []
    const rows = await this.#rows('SELECT table_name FROM duckdb_tables() ORDER BY table_name')
    return rows.map(([name]) => String(name))
  }

  /** Nobody holds the file, and nothing but the file is left: no log, no spilled rows. */
  async openTransactions(): Promise<number> {
    return (await readdir(this.#folder)).filter((name) => join(this.#folder, name) !== this.#path).length
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #rows(sql: string): Promise<(string | number | null)[][]> {
    return this.#with('READ_ONLY', async (connection) => {
      const reader = await connection.runAndReadAll(sql)
      return reader.getRows() as (string | number | null)[][]
    })
  }

  async #with<Result>(
    mode: 'READ_ONLY' | 'READ_WRITE',
    work: (connection: DuckDBConnection) => Promise<Result>,
  ): Promise<Result> {
    const instance = await DuckDBInstance.create(this.#path, { access_mode: mode })
    const connection = await instance.connect()
    try {
      return await work(connection)
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }
}
