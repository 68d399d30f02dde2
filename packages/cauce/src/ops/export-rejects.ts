import { constants, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import { replayedRecords } from '../ledger/replayed-records.ts'
import { quoteText } from '../plan/duckdb/quote.ts'
import { mendableSql, openRejects } from './reject-rows.ts'
import type { ExportRejects } from './rejects-types.ts'

/** Writes the rejects of a load that were not replayed yet as CSV for a person to mend. Never overwrites a file. */
export const exportRejects: ExportRejects = async ({ home, ledger, plan, item, outPath }) => {
  const { loadKey } = item
  if (loadKey === null || item.kind === 'replay')
    throw new CauceError('REJECTS_UNREADABLE', {
      file: item.key,
      detail:
        loadKey === null
          ? 'it was never loaded'
          : `its rows are rejects of load ${item.originLoadKey}; mend them from there`,
    })
  const replayed = await replayedRecords(ledger, loadKey)
  await using desk = await openRejects(home, item)
  const draft = join(desk.folder, 'mendable.csv')
  const rows = await desk.engine.run(
    `COPY (${mendableSql(plan.contract, loadKey, replayed)}) TO ${quoteText(draft)} (FORMAT csv, HEADER true)`,
  )
  await copyFile(draft, outPath, constants.COPYFILE_EXCL).catch((error: unknown) => {
    throw toCauceError(error, { code: 'CONFIG_INVALID', details: { where: outPath } })
  })
  return { path: outPath, rows, alreadyReplayed: replayed.length }
}
