import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ContractPlan } from '../model/plan.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import type { PreparedRows } from '../formats/prepared-rows.ts'
import { brokenCodes } from '../plan/duckdb/judge-sql.ts'
import { quoteText } from '../plan/duckdb/quote.ts'
import type { ItemFacts } from '../plan/fill-sql.ts'
import { draftName } from './draft-name.ts'
import { keptRejectsPath } from './kept-rejects.ts'

interface CollectRequest {
  readonly contract: ContractPlan
  readonly prepared: PreparedRows
  readonly facts: ItemFacts
  /** The item's own key; in a replay, facts speak of the item its rows come from. */
  readonly file: string
  /** Name of the relation to make. */
  readonly relation: RejectRelation
}

/** `own_rejects` in a replay, where `rejects` shows them under the place they come from. */
type RejectRelation = 'rejects' | 'own_rejects'

/**
 * Makes the relation (file, record, line, codes, raw, load_key, fields, …) of the judged rows that broke a rule, with their text
 * exactly as it stands in the file.
 * @returns how many there are
 */
export async function collectRejects(
  engine: Engine,
  { contract, prepared, facts, file, relation }: CollectRequest,
): Promise<number> {
  await engine.run(
    'CREATE TEMP TABLE raw_reject (record BIGINT, line BIGINT, codes VARCHAR, raw VARCHAR, undecodable BOOLEAN, bytes_base64 VARCHAR)',
  )
  const records: number[] = []
  const masks: bigint[] = []
  for await (const [recordChunk = [], maskChunk = []] of engine.integerColumns(
    'SELECT rowid + 1, _err FROM judged WHERE _err <> 0 ORDER BY rowid',
  )) {
    for (const record of recordChunk) records.push(Number(record))
    masks.push(...maskChunk)
  }
  if (records.length > 0)
    await engine.appendRows('raw_reject', rawRejects(contract, prepared, records, masks))
  await engine.run(`CREATE TEMP TABLE ${relation} AS
SELECT ${quoteText(file)} AS file, record, line, string_split(codes, chr(31)) AS codes, raw,
  ${quoteText(facts.load_key)} AS load_key, undecodable, from_base64(bytes_base64) AS raw_bytes, _fields AS fields
FROM raw_reject JOIN judged ON judged.rowid = record - 1 ORDER BY record`)
  return records.length
}

/** Place, broken rules and text of each record; the bytes too where the text cannot show them. */
async function* rawRejects(
  contract: ContractPlan,
  prepared: PreparedRows,
  records: readonly number[],
  masks: readonly bigint[],
): AsyncGenerator<readonly [number, number, string, string, boolean, string | null], void> {
  const codesByMask = new Map<bigint, string>()
  let index = 0
  for await (const { record, line, raw, rawBytes, undecodable } of prepared.locate(records)) {
    const mask = masks[index++] ?? 0n
    const codes = codesByMask.get(mask) ?? brokenCodes(contract, 'error', mask).join(CODE_SEPARATOR)
    codesByMask.set(mask, codes)
    yield [record, line, codes, raw, undecodable, undecodable ? rawBytes.toString('base64') : null]
  }
}

/** Codes are their authors' words: this character is in none of them, and `chr(31)` to the engine. */
const CODE_SEPARATOR = '\u001f'

/**
 * Keeps the rejects of a load as `<folder>/<load key>.parquet`, whole or not at all; the same load gives the same file.
 * @returns the file's sha256
 */
export async function keepRejects(
  engine: Engine,
  { relation, spoolFolder, folder, loadKey, fieldNames }: KeepRequest,
): Promise<string> {
  const draft = join(spoolFolder, 'rejects.parquet')
  const header = `[${fieldNames.map(quoteText).join(', ')}]::VARCHAR[]`
  await engine.run(
    `COPY (SELECT *, ${header} AS field_names FROM ${relation}) TO ${quoteText(draft)} (FORMAT parquet)`,
  )
  const hash = createHash('sha256')
  await pipeline(createReadStream(draft), hash)
  const place = keptRejectsPath(folder, loadKey)
  const part = draftName(place)
  await copyFile(draft, part)
  const handle = await open(part, 'r')
  await handle.sync()
  await handle.close()
  await rename(part, place)
  return hash.digest('hex')
}

interface KeepRequest {
  readonly relation: RejectRelation
  readonly spoolFolder: string
  readonly folder: string
  readonly loadKey: string
  /** The contract's column each field belongs to, '' for one it does not know. */
  readonly fieldNames: readonly string[]
}
