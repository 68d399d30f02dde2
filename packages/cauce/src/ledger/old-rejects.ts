import { type Ledger, readLedger } from './ledger-access.ts'
import { UNSETTLED_STATES } from './unsettled.ts'

/** Bounds the parameters of one statement. */
const KEYS_PER_STATEMENT = 500

/**
 * Which of these loads of a pipeline are settled, ended before a moment, and have no replay that is not settled: nobody needs
 * their rejects any more, as far as the ledger knows.
 */
export async function oldLoads(
  ledger: Ledger,
  request: { readonly pipeline: string; readonly loadKeys: readonly string[]; readonly beforeMs: number },
): Promise<readonly string[]> {
  const { pipeline, loadKeys, beforeMs } = request
  const replayed = await readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('state', 'in', UNSETTLED_STATES)
      .where('pipeline', '=', pipeline)
      .where('originLoadKey', 'is not', null)
      .select('originLoadKey')
      .execute(),
  )
  const inReplay = new Set(replayed.flatMap(({ originLoadKey }) => originLoadKey ?? []))
  const found: string[] = []
  for (let start = 0; start < loadKeys.length; start += KEYS_PER_STATEMENT) {
    const some = loadKeys.slice(start, start + KEYS_PER_STATEMENT)
    const rows = await readLedger(ledger, (db) =>
      db
        .selectFrom('item')
        .where('pipeline', '=', pipeline)
        .where('loadKey', 'in', some)
        .where('finishedMs', '<', beforeMs)
        .where('state', 'not in', UNSETTLED_STATES)
        .select('loadKey')
        .execute(),
    )
    found.push(...rows.flatMap(({ loadKey }) => loadKey ?? []))
  }
  return found.filter((loadKey) => !inReplay.has(loadKey))
}
