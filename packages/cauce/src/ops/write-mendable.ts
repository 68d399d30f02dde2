import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { CauceError } from '../model/cauce-error.ts'
import type { ContractPlan, Plan } from '../model/plan.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import type { ProjectHome } from '../dispatch/project-home.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { replayedRecords } from '../ledger/replayed-records.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { guardedSql } from '../plan/duckdb/formula-guard.ts'
import { quoteName, quoteText } from '../plan/duckdb/quote.ts'
import { shapeCodes } from '../plan/duckdb/replay-sql.ts'
import { REPLAY_COLUMNS } from '../plan/replay-plan.ts'
import { openRejects } from './reject-rows.ts'

interface MendableRequest {
  readonly home: ProjectHome
  readonly ledger: Ledger
  readonly plan: Plan
  readonly item: ItemRow
  readonly loadKey: string
}

/** Spreadsheets take a file that begins so for UTF-8, and any other for the code page of the machine. */
const UTF8_MARK = '\uFEFF'

/**
 * Writes the rejects of a load that were not replayed yet as CSV, whole or not at all, to a file that must not exist.
 * @throws {CauceError} FILE_EXISTS, REJECTS_UNREADABLE, DISK_FULL, CONFIG_INVALID naming the path
 */
export async function writeMendable(
  { home, ledger, plan, item, loadKey }: MendableRequest,
  path: string,
): Promise<{ readonly rows: number; readonly alreadyReplayed: number }> {
  const replayed = await replayedRecords(ledger, loadKey)
  await using desk = await openRejects(home, item)
  const { engine, folder } = desk
  await engine.run('CREATE TEMP TABLE replayed (record BIGINT)')
  await engine.appendRows(
    'replayed',
    replayed.map((record) => [record]),
  )
  const draft = join(folder, 'mendable.csv')
  const rows = await engine.run(
    `COPY (${mendableSql(plan.contract, loadKey)}) TO ${quoteText(draft)} (FORMAT csv, HEADER true)`,
  )
  await placeNew(draft, path)
  return { rows, alreadyReplayed: replayed.length }
}

/**
 * The rejects of `kept` as a person mends them, one column per column of the contract under its own name, led by where the row
 * comes from, the rules it broke and its raw text. Fields that are no reading of the row are left empty: its text tells. Texts a
 * spreadsheet would run are guarded.
 */
function mendableSql(contract: ContractPlan, loadKey: string): string {
  const untrusted = `list_has_any(codes, [${shapeCodes(contract).map(quoteText).join(', ')}]::VARCHAR[])`
  const columns = contract.columns.map(({ name }) => {
    const field = `fields[list_position(field_names, ${quoteText(name)})]`
    return `CASE WHEN ${untrusted} THEN '' ELSE ${guardedSql(`coalesce(${field}, '')`)} END AS ${quoteName(name)}`
  })
  return `SELECT ${[
    `${quoteText(loadKey)} AS ${REPLAY_COLUMNS.load}`,
    `record AS ${REPLAY_COLUMNS.record}`,
    `array_to_string(codes, '|') AS ${REPLAY_COLUMNS.rules}`,
    `${guardedSql('raw')} AS ${REPLAY_COLUMNS.raw}`,
    ...columns,
  ].join(', ')} FROM kept WHERE record NOT IN (SELECT record FROM replayed) ORDER BY record`
}

async function placeNew(draft: string, path: string): Promise<void> {
  const target = await open(path, 'wx').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new CauceError('FILE_EXISTS', { path }, { cause: error })
    throw toCauceError(error, { code: 'CONFIG_INVALID', details: { where: path } })
  })
  try {
    await target.write(UTF8_MARK)
    await pipeline(createReadStream(draft), target.createWriteStream())
  } catch (error) {
    await rm(path, { force: true })
    throw toCauceError(error, { code: 'CONFIG_INVALID', details: { where: path } })
  } finally {
    await target.close()
  }
}
