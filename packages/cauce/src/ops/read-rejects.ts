import type { ProjectHome } from '../dispatch/project-home.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { quoteText } from '../plan/duckdb/quote.ts'
import { openRejects } from './reject-rows.ts'

/** One rejected row, as it was kept. */
export interface RejectedRow {
  /** 1-based data record, header and blank lines not counted. */
  readonly record: number
  /** First physical line. */
  readonly line: number
  readonly codes: readonly string[]
  /** Its text exactly as in the file; bytes that are no text, and NUL, as `\xNN`. */
  readonly raw: string
  readonly undecodable: boolean
}

export interface RejectedRows {
  /** How many there are in all, of the rule asked for. */
  readonly total: number
  /** The first of them, in the order of the file. */
  readonly rows: readonly RejectedRow[]
}

/** Reads kept rejects of an item. @throws {CauceError} REJECTS_UNREADABLE */
export async function readRejects(
  home: ProjectHome,
  item: ItemRow,
  { rule, limit }: { readonly rule?: string | undefined; readonly limit: number },
): Promise<RejectedRows> {
  await using desk = await openRejects(home, item)
  const where = rule === undefined ? '' : `WHERE list_contains(codes, ${quoteText(rule)})`
  const total = Number(await desk.engine.scalar(`SELECT count(*) FROM kept ${where}`))
  const rows = await desk.engine.rows(
    `SELECT record, line, CAST(to_json(codes) AS VARCHAR) AS codes, raw, undecodable FROM kept ${where} ORDER BY record LIMIT ${limit}`,
  )
  return {
    total,
    rows: rows.map((row) => ({
      record: Number(row['record']),
      line: Number(row['line']),
      codes: JSON.parse(String(row['codes'])) as readonly string[],
      raw: String(row['raw']),
      undecodable: row['undecodable'] === true,
    })),
  }
}
