import { type Ledger, readLedger } from './ledger-access.ts'
import type { ItemRow } from './tables.ts'

/** The copy of its original that the newest earlier load of an item's version kept, and what its bytes are. */
export async function findKeptCopy(
  ledger: Ledger,
  { pipeline, key, version, generation }: Pick<ItemRow, 'pipeline' | 'key' | 'version' | 'generation'>,
): Promise<{ readonly path: string; readonly sha256: string } | undefined> {
  const found = await readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('pipeline', '=', pipeline)
      .where('key', '=', key)
      .where('version', '=', version)
      .where('generation', '<', generation)
      .where('backup', 'is not', null)
      .where('sha256', 'is not', null)
      .orderBy('generation', 'desc')
      .select(['backup', 'sha256'])
      .limit(1)
      .executeTakeFirst(),
  )
  if (found === undefined || found.backup === null || found.sha256 === null) return undefined
  return { path: found.backup, sha256: found.sha256 }
}
