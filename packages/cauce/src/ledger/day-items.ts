import { sep } from 'node:path'
import { sql } from 'kysely'
import type { Bounds } from '../plan/day-bounds.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import type { ItemRow } from './tables.ts'

/** As much of a file's item as its backup tells. */
export type DayItem = Pick<
  ItemRow,
  | 'id'
  | 'key'
  | 'state'
  | 'sizeBytes'
  | 'modifiedMs'
  | 'sha256'
  | 'loadKey'
  | 'runId'
  | 'read'
  | 'loaded'
  | 'rejected'
  | 'skipped'
  | 'warnings'
  | 'backup'
  | 'quarantine'
  | 'finishedMs'
>

/** Bounds the time a transaction holds the write lock, and its parameters. */
const ITEMS_PER_TRANSACTION = 500

/** The files that ended in a stretch of time, in the order they were discovered. Replays bring no file of their own. */
export async function dayItems(
  ledger: Ledger,
  { pipeline, fromMs, untilMs }: Bounds & { readonly pipeline: string },
): Promise<readonly DayItem[]> {
  return readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('pipeline', '=', pipeline)
      .where('finishedMs', '>=', fromMs)
      .where('finishedMs', '<', untilMs)
      .where('kind', '!=', 'replay')
      .orderBy('id')
      .select(['id', 'key', 'state', 'sizeBytes', 'modifiedMs', 'sha256', 'loadKey', 'runId'])
      .select(['read', 'loaded', 'rejected', 'skipped', 'warnings'])
      .select(['backup', 'quarantine', 'finishedMs'])
      .execute(),
  )
}

/** An item whose file lies in an archive now, and where the ledger said it lay. */
export interface ArchivedItem {
  readonly id: number
  readonly sha256: string
  readonly from: string | null
}

/** Says of items that their files lie in an archive. One that was backed up anew meanwhile keeps what it says. */
export async function pointToArchive(
  ledger: Ledger,
  { archive, items }: { readonly archive: string; readonly items: readonly ArchivedItem[] },
): Promise<void> {
  for (let start = 0; start < items.length; start += ITEMS_PER_TRANSACTION) {
    const some = items.slice(start, start + ITEMS_PER_TRANSACTION)
    await writeLedger(ledger, async (transaction) => {
      const update = (ids: readonly number[], hashes: readonly string[]) =>
        transaction
          .updateTable('item')
          .set({ backup: archive })
          .where('id', 'in', ids)
          .where('sha256', 'in', hashes)
      const moved = some.flatMap(({ id, sha256, from }) => (from === null ? [] : [{ id, sha256, from }]))
      const fresh = some.filter(({ from }) => from === null)
      if (moved.length > 0)
        await update(idsOf(moved), hashesOf(moved))
          .where(
            'backup',
            'in',
            moved.map(({ from }) => from),
          )
          .execute()
      if (fresh.length > 0) await update(idsOf(fresh), hashesOf(fresh)).where('backup', 'is', null).execute()
    })
  }
}

/** Which items of any pipeline name a file directly in a folder as their backup. */
export async function copiesOf(
  ledger: Ledger,
  folder: string,
): Promise<readonly Pick<ItemRow, 'pipeline' | 'state' | 'backup'>[]> {
  const pattern = `${folder.replace(/[\\%_]/g, (mark) => `\\${mark}`)}${sep}%`
  return readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where(sql<boolean>`backup like ${pattern} escape '\\'`)
      .select(['pipeline', 'state', 'backup'])
      .execute(),
  )
}

/** Which of the single copies directly in a folder some item still names as its backup. */
export async function copiesInUse(ledger: Ledger, folder: string): Promise<ReadonlySet<string>> {
  return new Set((await copiesOf(ledger, folder)).flatMap(({ backup }) => backup ?? []))
}

function idsOf(items: readonly Pick<ArchivedItem, 'id'>[]): readonly number[] {
  return items.map(({ id }) => id)
}

function hashesOf(items: readonly Pick<ArchivedItem, 'sha256'>[]): readonly string[] {
  return items.map(({ sha256 }) => sha256)
}
