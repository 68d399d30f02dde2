import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { readTables } from '../visits/visits-tables.ts'
import { type Ended, type RunDocument, VisitsRun } from '../visits/visits-run.ts'
import { type MendedRow, parseMended, type SheetForm, writeMended } from './mended-csv.ts'

/** The sample whose rows are rejected for nine different reasons. */
export const SAMPLE = 'report_3.txt'
export const REJECTED = 29
export const LOADED = 351

/** A mended row: whatever was wrong with it, it is a good visit of one more person now. */
export function mended(row: MendedRow): MendedRow {
  return {
    ...row,
    email: `corregida_${row['_cauce_record']}@ejemplo.example`,
    fecha_envio: '28/09/2026 18:30',
    fecha_open: '-',
    fecha_click: '-',
    opens: '0',
    opens_virales: '0',
    clicks: '0',
    clicks_virales: '0',
    navegadores: 'Versión ñandú',
  }
}

/** A load of the visits with rejects, and what people do with them. */
export class Mending implements AsyncDisposable {
  readonly visit: VisitsRun
  readonly #file: string
  #sent = 0

  private constructor(visit: VisitsRun, file: string) {
    this.visit = visit
    this.#file = file
  }

  /** After a run on the sample that has rejects. */
  static async start(destination: string | undefined): Promise<Mending> {
    const visit = new VisitsRun(destination === undefined ? {} : { destination })
    for (const other of ['report_1.txt', 'report_2.txt', 'report_4.txt', 'report_5.txt'])
      rmSync(join(visit.source, other))
    const run = await visit.run()
    expect(run.code, run.stderr).toBe(0)
    expect(run.document?.runs[0]?.totals).toMatchObject({ read: 380, loaded: LOADED, rejected: REJECTED })
    return new Mending(visit, SAMPLE)
  }

  /** After a run on other files. */
  static async after(visit: VisitsRun, file: string): Promise<Mending> {
    const run = await visit.run()
    expect(run.code, run.stderr).toBe(0)
    return new Mending(visit, file)
  }

  async cauce(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.visit.cauce(words, env)
  }

  async export(name: string): Promise<readonly MendedRow[]> {
    const ended = await this.cauce(['rejects', 'export', this.#file, '--out', name])
    expect(ended.code, ended.stderr).toBe(0)
    return parseMended(readFileSync(join(this.visit.folder, name)))
  }

  /** Writes the rows to a file and replays it. */
  async replay(
    rows: readonly MendedRow[],
    form: Partial<SheetForm> = {},
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended & { readonly document: RunDocument | undefined }> {
    const path = join(this.visit.folder, `${this.#sent++}-m.csv`)
    writeFileSync(path, writeMended(rows, form))
    const ended = await this.cauce(['rejects', 'replay', this.#file, '--file', path, '--json'], env)
    return { ...ended, document: documentOf(ended.stdout) }
  }

  /** How many rejects of the file were replayed, as the ledger knows. */
  async replayed(): Promise<number | undefined> {
    const { stdout } = await this.cauce(['rejects', 'list', '--json'])
    const { items } = JSON.parse(stdout) as {
      readonly items: readonly { readonly key: string; readonly replayed: number }[]
    }
    return items.find(({ key }) => key === this.#file)?.replayed
  }

  /** The tables, once what must hold of them is checked. */
  async tables(): ReturnType<typeof readTables> {
    const tables = await readTables(this.visit.destination)
    const visits = tables.visitantes.reduce((sum, row) => sum + Number(row.split(',')[3]), 0)
    expect(visits).toBe(tables.estadisticas.length)
    return tables
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.visit[Symbol.asyncDispose]()
  }
}

export function without(row: MendedRow, name: string): MendedRow {
  return Object.fromEntries(Object.entries(row).filter(([column]) => column !== name))
}

export function recordOf(row: MendedRow | undefined): number {
  return Number(row?.['_cauce_record'])
}

function documentOf(stdout: string): RunDocument | undefined {
  return stdout === '' ? undefined : (JSON.parse(stdout) as RunDocument)
}
