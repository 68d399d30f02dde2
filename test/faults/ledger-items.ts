import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { VisitsRun } from '../visits/visits-run.ts'

/** An item as the ledger holds it. */
export interface LedgerItem {
  readonly key: string
  readonly state: string
  /** Tries used up. */
  readonly attempts: number
  readonly errorCode: string | null
  readonly errorClass: string | null
  readonly read: number
  readonly loaded: number
  readonly rejected: number
  readonly skipped: number
}

/** The items in a visit's ledger, by key; none when there is no ledger yet, or no table in it. */
export function ledgerItems({ home }: Pick<VisitsRun, 'home'>): readonly LedgerItem[] {
  const path = join(home, 'ledger.db')
  if (!existsSync(path)) return []
  const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 })
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name = 'item'").all()
    if (tables.length === 0) return []
    return database
      .prepare(
        `SELECT key, state, attempts, error_code AS errorCode, error_class AS errorClass, read, loaded, rejected, skipped
        FROM item ORDER BY key, id`,
      )
      .all() as unknown as LedgerItem[]
  } finally {
    database.close()
  }
}
