import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ContractPlan } from '../model/plan.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import type { PreparedCsv } from '../formats/csv/prepared-csv.ts'
import { brokenCodesSql } from '../plan/duckdb/judge-sql.ts'
import { quoteText } from '../plan/duckdb/quote.ts'
import type { ItemFacts } from '../plan/fill-sql.ts'

/** Rows handed to the engine at a time. */
const BATCH_ROWS = 2_000

/**
 * Makes the relation `rejects` (file, record, line, codes, raw, load_key, fields, …) of the judged rows that broke a rule, with
 * their text exactly as it stands in the file.
 * @returns how many there are
 */
export async function collectRejects(
  engine: Engine,
  contract: ContractPlan,
  prepared: PreparedCsv,
  facts: ItemFacts,
): Promise<number> {
  await engine.run(
    'CREATE TEMP TABLE raw_reject (record BIGINT, line BIGINT, raw VARCHAR, undecodable BOOLEAN, raw_bytes BLOB)',
  )
  const records = await engine.numbers('SELECT rowid + 1 FROM judged WHERE _err <> 0 ORDER BY rowid')
  let batch: RawReject[] = []
  for await (const { record, line, raw, rawBytes, undecodable } of prepared.locate(records)) {
    batch.push([record, line, raw, undecodable, undecodable ? rawBytes : null])
    if (batch.length === BATCH_ROWS) {
      await engine.appendRows('raw_reject', batch)
      batch = []
    }
  }
  if (batch.length > 0) await engine.appendRows('raw_reject', batch)
  await engine.run(`CREATE TEMP TABLE rejects AS
SELECT ${quoteText(facts.item)} AS file, record, line, ${brokenCodesSql(contract, '_err')} AS codes, raw,
  ${quoteText(facts.load_key)} AS load_key, undecodable, raw_bytes, _fields AS fields
FROM raw_reject JOIN judged ON judged.rowid = record - 1 ORDER BY record`)
  return records.length
}

type RawReject = readonly [number, number, string, boolean, Buffer | null]

/**
 * Keeps the rejects of a load as `<folder>/<load key>.parquet`, whole or not at all; the same load gives the same file.
 * @returns the file's sha256
 */
export async function keepRejects(
  engine: Engine,
  { spoolFolder, folder, loadKey, fieldNames }: KeepRequest,
): Promise<string> {
  const draft = join(spoolFolder, 'rejects.parquet')
  const header = `[${fieldNames.map(quoteText).join(', ')}]::VARCHAR[]`
  await engine.run(
    `COPY (SELECT *, ${header} AS field_names FROM rejects ORDER BY record) TO ${quoteText(draft)} (FORMAT parquet, COMPRESSION zstd)`,
  )
  const hash = createHash('sha256')
  await pipeline(createReadStream(draft), hash)
  const place = join(folder, `${loadKey}.parquet`)
  const part = `${place}.${process.pid}.part`
  await copyFile(draft, part)
  const handle = await open(part, 'r')
  await handle.sync()
  await handle.close()
  await rename(part, place)
  return hash.digest('hex')
}

interface KeepRequest {
  readonly spoolFolder: string
  readonly folder: string
  readonly loadKey: string
  /** The contract's column each field belongs to, '' for one it does not know. */
  readonly fieldNames: readonly string[]
}
