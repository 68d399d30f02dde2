import { oldLoads } from '../../ledger/old-rejects.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import type { Limit } from './apply-retention.ts'
import { filesIn } from './files-in.ts'
import type { Found } from './removal.ts'

/** Kept rejects of a pipeline's loads that ended before a limit and that no replay is at work on. */
export async function oldRejectFiles(
  ledger: Ledger,
  { folder, pipeline }: { readonly folder: string; readonly pipeline: string },
  { beforeMs }: Limit,
): Promise<Found> {
  const files = await filesIn(folder, /^[0-9a-f]{64}\.parquet$/)
  const loadKeys = files.map(({ name }) => name.slice(0, 64))
  const old = new Set(await oldLoads(ledger, { pipeline, loadKeys, beforeMs }))
  return {
    removable: files
      .filter(({ name }) => old.has(name.slice(0, 64)))
      .map(({ path, bytes }) => ({ kind: 'rejects', path, bytes })),
    spared: [],
    folders: [],
  }
}
