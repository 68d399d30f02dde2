import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import type { ContractPlan } from '../model/plan.ts'
import { openEngine, type Engine } from '../engine/duckdb/open-engine.ts'
import { openSpool } from '../dispatch/process-spool.ts'
import type { ProjectHome } from '../dispatch/project-home.ts'
import { ownIdentity } from '../ledger/process-identity.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { quoteName, quoteText } from '../plan/duckdb/quote.ts'
import { guardedSql } from '../plan/duckdb/formula-guard.ts'
import { REPLAY_COLUMNS } from '../plan/replay-plan.ts'

/** Codes of rows whose fields cannot be trusted: their columns are left empty, the raw text tells. */
const UNTRUSTED = [
  'row:too_few_columns',
  'row:too_many_columns',
  'row:bad_quotes',
  'row:nul_byte',
  'row:undecodable_bytes',
]

/** An engine with the rejects of one load as the relation `kept`, locked to a folder of its own. */
export interface RejectDesk extends AsyncDisposable {
  readonly engine: Engine
  readonly folder: string
}

/**
 * Lays the kept rejects of a load out for reading.
 * @throws {CauceError} REJECTS_UNREADABLE when the load kept none, or their file is gone
 */
export async function openRejects(home: ProjectHome, item: ItemRow): Promise<RejectDesk> {
  const { loadKey } = item
  const spool = await openSpool(home, await ownIdentity(), `rejects_${item.id}`)
  const { folder } = spool
  const path = join(folder, 'kept.parquet')
  try {
    await copyFile(join(home.rejects, `${loadKey}.parquet`), path)
  } catch (error) {
    await spool[Symbol.asyncDispose]()
    throw new CauceError(
      'REJECTS_UNREADABLE',
      { file: item.key, detail: error instanceof Error ? error.message : String(error) },
      { cause: error },
    )
  }
  const engine = await openEngine({ spoolDirectory: folder, memoryMb: 256, threads: 1 })
  await engine.run(`CREATE TEMP VIEW kept AS SELECT * FROM read_parquet(${quoteText(path)})`)
  return {
    engine,
    folder,
    async [Symbol.asyncDispose]() {
      await engine.close()
      await spool[Symbol.asyncDispose]()
    },
  }
}

/**
 * The rejects of `kept` as a person mends them, one column per column of the contract under its own name, led by where the row
 * comes from, the rules it broke and its raw text. Texts a spreadsheet would run are guarded.
 */
export function mendableSql(contract: ContractPlan, loadKey: string, leftOut: readonly number[]): string {
  const untrusted = `list_has_any(codes, [${UNTRUSTED.map(quoteText).join(', ')}])`
  const columns = contract.columns.map(({ name }) => {
    const field = `fields[list_position(field_names, ${quoteText(name)})]`
    return `CASE WHEN ${untrusted} THEN '' ELSE ${guardedSql(`coalesce(${field}, '')`)} END AS ${quoteName(name)}`
  })
  const without = leftOut.length === 0 ? '' : ` WHERE record NOT IN (${leftOut.join(', ')})`
  return `SELECT ${[
    `${quoteText(loadKey)} AS ${REPLAY_COLUMNS.load}`,
    `record AS ${REPLAY_COLUMNS.record}`,
    `array_to_string(codes, '|') AS ${REPLAY_COLUMNS.rules}`,
    `${guardedSql('raw')} AS ${REPLAY_COLUMNS.raw}`,
    ...columns,
  ].join(', ')} FROM kept${without} ORDER BY record`
}
