import { sha256Hex } from '../model/load-key.ts'
import type { LoadRecord, LoadRequest, LoadResult } from './destination.ts'

/*
 * What the guard table of a database server says of a load that others may be loading at the same moment: one set of rules for all
 * of them. A DuckDB file has one writer and asks everything at once.
 */

/** Why a load need not or must not happen. */
export type Refusal = Extract<
  LoadResult,
  { kind: 'already_loaded' | 'duplicate' | 'refused' | 'occupied' | 'superseded' }
>

/** The guard is written; these loads, whose rows are to go, are marked as replaced by it. */
export interface Taken {
  readonly kind: 'taken'
  readonly replaced: readonly LoadRecord[]
}

/** A rival's guard was in our way and is gone again: the whole transaction is to be done again. */
export class GuardMoved extends Error {
  override readonly name = 'GuardMoved'
}

/** Value of the unique column that lets one load alone stand for an item. */
export function refuseItem({ pipeline, item }: LoadRecord): string {
  return sha256Hex(JSON.stringify([pipeline, item]))
}

/** Value of the unique column that refuses the same bytes under another name. */
export function refuseContent({ pipeline, sha256 }: LoadRecord): string {
  return sha256Hex(JSON.stringify([pipeline, sha256]))
}

/** What the guard table is asked when a row would not go in. */
export interface GuardTable {
  /** The committed load with a key, also a replaced one. */
  byKey(loadKey: string): Promise<LoadRecord | undefined>
  /** The load whose rows stand for the record's item now. */
  current(record: LoadRecord): Promise<LoadRecord | undefined>
  /** The load of the same bytes that forbids them under other names. */
  alike(record: LoadRecord): Promise<LoadRecord | undefined>
}

/**
 * Why a guard row would not go in. The name weighs more than the bytes: where both are known, but not together, a person must look.
 * @throws {GuardMoved} when nothing is in the way any more
 */
export async function explainRefusal(
  table: GuardTable,
  { record, duplicates }: Pick<LoadRequest, 'record' | 'duplicates'>,
): Promise<Refusal> {
  const same = await table.byKey(record.loadKey)
  if (same !== undefined && same.replacedBy === undefined)
    return { kind: 'already_loaded', counts: same.counts }
  const named = await table.current(record)
  if (named !== undefined)
    return named.sha256 === record.sha256
      ? { kind: 'already_loaded', counts: named.counts }
      : { kind: 'refused', loadedSha256: named.sha256 }
  if (same !== undefined) return { kind: 'superseded' }
  const alike = duplicates === 'refuse' ? await table.alike(record) : undefined
  if (alike !== undefined) return { kind: 'duplicate', otherItem: alike.item }
  throw new GuardMoved('a rival gave up')
}

/** Why a load must not take the place of the one that stands for its item; undefined: it may, or nothing stands there. */
export function judgePlace(
  current: LoadRecord | undefined,
  record: LoadRecord,
  mayReplace: readonly string[],
): Refusal | undefined {
  if (current === undefined) return undefined
  // The same bytes under the same name, perhaps by a later reload: what this load would bring is there.
  if (current.sha256 === record.sha256 && current.generation >= record.generation)
    return { kind: 'already_loaded', counts: current.counts }
  return mayReplace.includes(current.loadKey) ? undefined : { kind: 'occupied', by: current }
}
