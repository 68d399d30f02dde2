import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import type { CsvOptions } from '../../packages/cauce/src/formats/csv/csv-options.ts'
import type { LocatedRecord } from '../../packages/cauce/src/formats/csv/locate-records.ts'
import { prepareCsv, type PreparedCsv } from '../../packages/cauce/src/formats/csv/prepare-csv.ts'

/** What became of a file. */
export interface ReadBack {
  readonly prepared: PreparedCsv
  /** The fields DuckDB read of each record; missing ones are not there, surplus ones are. */
  readonly records: readonly (readonly string[])[]
  readonly flags: readonly number[]
}

/** Prepares files and reads them with a real DuckDB, in a folder of its own. */
export class CsvReader {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cauce-csv-'))
  #connection: DuckDBConnection | undefined

  async readBytes(bytes: Buffer, options: Partial<CsvOptions>, forceRewrite: boolean): Promise<ReadBack> {
    const path = join(this.#folder, 'original')
    writeFileSync(path, bytes)
    return this.readFile(path, options, forceRewrite)
  }

  async readFile(path: string, options: Partial<CsvOptions>, forceRewrite: boolean): Promise<ReadBack> {
    const prepared = await this.prepare(path, options, forceRewrite)
    const width = prepared.header?.length ?? options.columnCount ?? prepared.firstRecordWidth ?? 1
    const names = Array.from({ length: width }, (_, i) => `c${i}`)
    this.#connection ??= await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
    const result = await this.#connection.runAndReadAll(`SELECT * FROM ${prepared.readSql(names)}`)
    const rows = result.getRowsJson()
    const records = rows.map((row) => row.slice(0, -1).filter((field) => field !== null) as string[])
    return { prepared, records, flags: rows.map((row) => Number(row.at(-1))) }
  }

  async prepare(path: string, options: Partial<CsvOptions>, forceRewrite: boolean): Promise<PreparedCsv> {
    return prepareCsv(path, this.#folder, {
      options: { header: false, skipLines: 0, ...options },
      forceRewrite,
    })
  }

  close(): void {
    this.#connection?.closeSync()
    rmSync(this.#folder, { recursive: true })
  }
}

/** Every `step`th record as it stands in the file. */
export async function locateEvery(prepared: PreparedCsv, step = 1): Promise<readonly LocatedRecord[]> {
  const wanted = Array.from({ length: Math.floor(prepared.records / step) }, (_, i) => (i + 1) * step)
  const located: LocatedRecord[] = []
  for await (const record of prepared.locate(wanted)) located.push(record)
  return located
}
