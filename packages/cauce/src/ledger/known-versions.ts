import { type Kysely, sql } from 'kysely'
import { type ListedVersion, versionOf } from './item-version.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import type { LedgerTables } from './tables.ts'

/** Bounds the parameters of one statement. */
const ENTRIES_PER_STATEMENT = 500

/**
 * Those of the entries given, as the very objects, whose version of their key is recorded, in whatever state. Each is looked up in
 * an index: the cost is that of the listing, not of what the pipeline did before.
 */
export async function knownVersions<Entry extends ListedVersion>(
  ledger: Ledger,
  { pipeline, entries }: { readonly pipeline: string; readonly entries: readonly Entry[] },
): Promise<ReadonlySet<Entry>> {
  const known = new Set<Entry>()
  for (let start = 0; start < entries.length; start += ENTRIES_PER_STATEMENT) {
    const some = entries.slice(start, start + ENTRIES_PER_STATEMENT)
    const rows = await readLedger(ledger, (db) => lookUp(db, pipeline, some))
    const found = new Set(rows.map(({ key, version }) => JSON.stringify([key, version])))
    for (const entry of some) if (found.has(JSON.stringify([entry.key, versionOf(entry)]))) known.add(entry)
  }
  return known
}

async function lookUp(
  db: Kysely<LedgerTables>,
  pipeline: string,
  entries: readonly ListedVersion[],
): Promise<readonly { readonly key: string; readonly version: string }[]> {
  const listed = sql.join(entries.map((entry) => sql`(${entry.key}, ${versionOf(entry)})`))
  return db
    .selectFrom('item')
    .where('pipeline', '=', pipeline)
    .where(sql<boolean>`(key, version) in (values ${listed})`)
    .select(['key', 'version'])
    .execute()
}
