import { readdirSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import mysql from 'mysql2/promise'
import { Client } from 'pg'
import { expect } from 'vitest'
import type { VisitsRun } from '../visits/visits-run.ts'
import { ledgerItems } from './ledger-items.ts'
import { processesOf } from './processes-of.ts'
import { until } from './until.ts'

/** The tables the visits make: four of their own, and those by which Cauce keeps its promise. */
const TABLES = [
  'bitacora_control',
  'cauce_loads',
  'cauce_periods',
  'cauce_replays',
  'errores',
  'estadisticas',
  'visitantes',
]

/** InnoDB keeps what it tells of transactions for as long as it is asked again within a tenth of a second. */
export const INNODB_TRX_EVERY_MS = 130

/**
 * Checks that nothing of a fault is left: no process, no file of an attempt, no staging table, no session or open transaction in
 * the database, no item in somebody's hands, and every item's rows accounted for. `destination` is where to look, by somebody who
 * may see everything.
 */
export async function expectCalm(visit: VisitsRun, destination = visit.destination): Promise<void> {
  expect(visit.leftovers()).toEqual([])
  expect(readdirSync(visit.folder).filter((name) => name.includes('.wal'))).toEqual([])
  await until('no process is left', () => processesOf(visit).length === 0, { withinMs: 5_000 })
  const tables = await tablesOf(destination)
  expect(tables.filter((name) => !TABLES.includes(name))).toEqual([])
  for (const item of ledgerItems(visit)) {
    expect(['extracting', 'transforming', 'loading'], item.key).not.toContain(item.state)
    expect(item.loaded + item.rejected + item.skipped, item.key).toBe(item.read)
  }
}

async function tablesOf(destination: string): Promise<readonly string[]> {
  if (destination.startsWith('duckdb:')) return duckdbTables(destination.slice('duckdb:'.length))
  return destination.startsWith('postgres:') ? postgresTables(destination) : mysqlTables(destination)
}

async function postgresTables(url: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const isQuiet = async (): Promise<boolean> => {
      const { rowCount } = await client.query(
        'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      )
      return rowCount === 0
    }
    await until('the database has no session of ours left', isQuiet)
    // Staging tables are temporary: those of a session that is gone would stand in another schema.
    const { rows } = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    return rows.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

async function duckdbTables(path: string): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    const found = await connection.runAndReadAll('SELECT table_name FROM duckdb_tables()')
    return found.getRows().map(([name]) => String(name))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function mysqlTables(url: string): Promise<readonly string[]> {
  const connection = await mysql.createConnection(url)
  const count = async (sql: string): Promise<number> => {
    const [[row]] = await connection.query<mysql.RowDataPacket[]>(sql)
    return Number(row?.['n'])
  }
  try {
    // The server needs a moment to see that a client is gone.
    const isQuiet = async (): Promise<boolean> => {
      const sessions = await count(
        'SELECT count(*) AS n FROM information_schema.processlist WHERE db = database() AND id <> connection_id()',
      )
      const transactions = await count(
        `SELECT count(*) AS n FROM information_schema.innodb_trx JOIN information_schema.processlist ON id = trx_mysql_thread_id
        WHERE db = database() AND id <> connection_id()`,
      )
      return sessions === 0 && transactions === 0
    }
    await until('the database has no session of ours left', isQuiet, { everyMs: INNODB_TRX_EVERY_MS })
    const [rows] = await connection.query<mysql.RowDataPacket[]>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database()',
    )
    return rows.map((row) => String(row['name']))
  } finally {
    await connection.end()
  }
}
