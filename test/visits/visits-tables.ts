import { existsSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import mysql from 'mysql2/promise'
import { Client } from 'pg'

/** The visits' tables as sorted lines of text: equal text, equal tables, whatever the database. */
export interface VisitsTables {
  readonly visitantes: readonly string[]
  readonly estadisticas: readonly string[]
  readonly errores: readonly string[]
  readonly bitacora: readonly string[]
}

const QUERIES: Readonly<Record<keyof VisitsTables, string>> = {
  visitantes:
    'SELECT email, fechaPrimeraVisita, fechaUltimaVisita, visitasTotales, visitasAnioActual, visitasMesActual FROM visitantes',
  estadisticas:
    'SELECT email, jyv, badmail, baja, fecha_envio, fecha_open, opens, opens_virales, fecha_click, clicks, clicks_virales, links, ips, navegadores, plataformas, _cauce_load, _cauce_record FROM estadisticas',
  errores: 'SELECT archivo, linea, registro, motivo, fila_original, carga FROM errores',
  bitacora:
    'SELECT archivo, sha256, bytes, leidos, validos, rechazados, omitidos, avisos, estado FROM bitacora_control',
}

/** Reads the tables; one that does not exist yet has no rows. */
export async function readTables(destination: string): Promise<VisitsTables> {
  if (destination.startsWith('duckdb:')) return readDuckdb(destination.slice('duckdb:'.length))
  return destination.startsWith('postgres:') ? readPostgres(destination) : readMysql(destination)
}

async function readDuckdb(path: string): Promise<VisitsTables> {
  if (!existsSync(path)) return { visitantes: [], estadisticas: [], errores: [], bitacora: [] }
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    return await each(async (sql) => {
      const rows = (await connection.runAndReadAll(sql)).getRows()
      return rows.map((row) => row.map((value) => (value === null ? '' : String(value))))
    })
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function readMysql(url: string): Promise<VisitsTables> {
  const connection = await mysql.createConnection({ uri: url, dateStrings: true, supportBigNumbers: true })
  try {
    return await each(async (sql) => {
      const [rows] = await connection.query<mysql.RowDataPacket[]>({ sql, rowsAsArray: true })
      return rows.map((row) =>
        Array.from(row as unknown as readonly unknown[], (value) =>
          value === null ? '' : `${value as string | number}`,
        ),
      )
    })
  } finally {
    await connection.end()
  }
}

async function readPostgres(url: string): Promise<VisitsTables> {
  const client = new Client({
    connectionString: url,
    types: { getTypeParser: () => (value: string) => value },
  })
  await client.connect()
  try {
    return await each(async (sql) => {
      // The only system that folds names which are not quoted.
      const text = sql.replaceAll(/\b[a-z]+[A-Z]\w*/g, '"$&"')
      const { rows } = await client.query<(string | null)[]>({ text, rowMode: 'array' })
      return rows.map((row) => row.map((value) => value ?? ''))
    })
  } finally {
    await client.end()
  }
}

async function each(read: (sql: string) => Promise<readonly (readonly string[])[]>): Promise<VisitsTables> {
  const found: Record<string, readonly string[]> = {}
  for (const [table, sql] of Object.entries(QUERIES)) {
    const rows = await read(sql).catch((error: unknown) => {
      if (/exist/i.test(String(error))) return []
      throw error
    })
    found[table] = rows.map((row) => row.map(wholeSeconds).join(',')).toSorted()
  }
  return found as unknown as VisitsTables
}

/** Databases differ in whether they show a fraction of nothing. */
function wholeSeconds(value: string): string {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.0+$/.test(value) ? value.slice(0, 19) : value
}
