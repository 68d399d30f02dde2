import type { ExportRejects } from './rejects-types.ts'
import { mendableLoad } from './mendable-load.ts'
import { writeMendable } from './write-mendable.ts'

/** Writes the rejects of a load that were not replayed yet as CSV for a person to mend. Never overwrites a file. */
export const exportRejects: ExportRejects = async ({ home, ledger, plan, item, outPath }) => {
  const loadKey = await mendableLoad(ledger, item)
  const written = await writeMendable({ home, ledger, plan, item, loadKey }, outPath)
  return { path: outPath, ...written }
}
