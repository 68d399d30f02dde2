import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { DestinationColumn, StagingFormat } from '../../../packages/cauce/src/connectors/destination.ts'
import { duckdbType } from '../../../packages/cauce/src/plan/duckdb/parse-sql.ts'
import { quoteName } from '../../../packages/cauce/src/plan/duckdb/quote.ts'
import { stagedRelationSql, stagingSql } from '../../../packages/cauce/src/plan/duckdb/staging-sql.ts'

/** A row as text, each value in the spelling DuckDB casts from; null for NULL. */
export type TextRow = readonly (string | null)[]

export interface Staged {
  readonly path: string
  readonly sums: Readonly<Record<string, string>>
}

/** Writes staged files the way the engine does, with DuckDB, and reads back those a destination wrote. */
export class Stager {
  readonly #connection: DuckDBConnection
  readonly #instance: DuckDBInstance
  readonly #folder: string
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, folder: string) {
    this.#instance = instance
    this.#connection = connection
    this.#folder = folder
  }

  static async open(folder: string): Promise<Stager> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '500MB' })
    return new Stager(instance, await instance.connect(), folder)
  }

  newPath(): string {
    return join(this.#folder, randomUUID())
  }

  /** Stages rows in the order given. @returns the file, and the exact sums of the columns asked for */
  async stage(
    columns: readonly DestinationColumn[],
    rows: readonly TextRow[],
    options: { readonly format: StagingFormat; readonly summed?: readonly string[] },
  ): Promise<Staged> {
    return this.#inTurn(async () => this.#stage(columns, rows, options))
  }

  /** Tests load side by side, but there is one connection, and one table to stage from. */
  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #stage(
    columns: readonly DestinationColumn[],
    rows: readonly TextRow[],
    { format, summed = [] }: { readonly format: StagingFormat; readonly summed?: readonly string[] },
  ): Promise<Staged> {
    const path = this.newPath()
    const names = columns.map(({ name }) => quoteName(name))
    await this.#connection.run(
      `CREATE OR REPLACE TEMP TABLE texts (${names.map((name) => `${name} VARCHAR`).join(', ')})`,
    )
    const appender = await this.#connection.createAppender('texts')
    for (const row of rows) {
      for (const value of row) {
        if (value === null) appender.appendNull()
        else appender.appendVarchar(value)
      }
      appender.endRow()
    }
    appender.closeSync()
    const casts = columns.map(
      ({ name, type }) => `CAST(${quoteName(name)} AS ${duckdbType(type)}) AS ${quoteName(name)}`,
    )
    const query = `SELECT ${casts.join(', ')} FROM texts ORDER BY rowid`
    await this.#connection.run(stagingSql(query, columns, format, path))
    return { path, sums: await this.#sums(query, summed) }
  }

  /** Rows of a staged file, as text. */
  async read(columns: readonly DestinationColumn[], path: string, format: StagingFormat): Promise<TextRow[]> {
    const texts = columns.map(({ name }) => `CAST(${quoteName(name)} AS VARCHAR)`)
    return this.#inTurn(async () => {
      const reader = await this.#connection.runAndReadAll(
        `SELECT ${texts.join(', ')} FROM (${stagedRelationSql(columns, format, path)})`,
      )
      return reader.getRows() as TextRow[]
    })
  }

  close(): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }

  async #sums(query: string, summed: readonly string[]): Promise<Readonly<Record<string, string>>> {
    if (summed.length === 0) return {}
    const totals = summed.map((name) => `CAST(coalesce(sum(${quoteName(name)}), 0) AS VARCHAR)`)
    const reader = await this.#connection.runAndReadAll(`SELECT ${totals.join(', ')} FROM (${query})`)
    const [row = []] = reader.getRows()
    return Object.fromEntries(summed.map((name, position) => [name, String(row[position])]))
  }
}
