import type { Transaction } from 'kysely'
import { isActive } from './item-transitions.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import { recordTransitions } from './record-transitions.ts'
import type { ItemRow, LedgerTables } from './tables.ts'

/**
 * Somebody wants a loaded version loaded anew: it gets a sibling of the next generation, `pending`, whose load replaces the
 * earlier one. Undefined: there is no such item, it is not loaded or is a replay, or a reload of it waits, runs or failed
 * (retry that one).
 */
export async function requestReload(
  ledger: Ledger,
  request: { readonly id: number; readonly by: string; readonly nowMs: number },
): Promise<ItemRow | undefined> {
  const { id, by, nowMs } = request
  return writeLedger(ledger, async (transaction) => {
    const item = await transaction
      .selectFrom('item')
      .where('id', '=', id)
      .where('state', 'in', ['ready', 'ready_with_rejects'])
      .where('kind', '=', 'file')
      .selectAll()
      .executeTakeFirst()
    if (item === undefined) return undefined
    const newest = await newestGeneration(transaction, item)
    if (newest.id !== id && !hasEnded(newest)) return undefined
    const generation = (await lastGeneration(transaction, item)) + 1
    return insertSibling(transaction, { ...item, generation }, by, nowMs)
  })
}

async function newestGeneration(
  transaction: Transaction<LedgerTables>,
  item: ItemRow,
): Promise<Pick<ItemRow, 'id' | 'state' | 'generation'>> {
  const { pipeline, key, version } = item
  const newest = await transaction
    .selectFrom('item')
    .where('pipeline', '=', pipeline)
    .where('key', '=', key)
    .where('version', '=', version)
    .orderBy('generation', 'desc')
    .limit(1)
    .select(['id', 'state', 'generation'])
    .executeTakeFirst()
  return newest ?? item
}

/**
 * The greatest generation of any version of the key. Versions may have the same bytes, and a load is known by its bytes and its
 * generation: a reload must be a load that never was.
 */
async function lastGeneration(
  transaction: Transaction<LedgerTables>,
  { pipeline, key, generation }: ItemRow,
): Promise<number> {
  const found = await transaction
    .selectFrom('item')
    .where('pipeline', '=', pipeline)
    .where('key', '=', key)
    .orderBy('generation', 'desc')
    .limit(1)
    .select('generation')
    .executeTakeFirst()
  return found?.generation ?? generation
}

function hasEnded({ state }: Pick<ItemRow, 'state'>): boolean {
  return !isActive(state) && !['pending', 'failed_layout', 'failed_system', 'refused'].includes(state)
}

/** A rival may have been first: then there is none of ours. */
async function insertSibling(
  transaction: Transaction<LedgerTables>,
  item: ItemRow,
  by: string,
  nowMs: number,
): Promise<ItemRow | undefined> {
  const { pipeline, key, version, generation, kind, sizeBytes, modifiedMs, runId, planHash, boundHost } = item
  const sibling = await transaction
    .insertInto('item')
    .values({
      pipeline,
      key,
      version,
      generation,
      kind,
      sizeBytes,
      modifiedMs,
      runId,
      planHash,
      boundHost,
      state: 'pending',
      discoveredMs: nowMs,
      updatedMs: nowMs,
    })
    .onConflict((conflict) => conflict.columns(['pipeline', 'key', 'version', 'generation']).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (sibling !== undefined)
    await recordTransitions(transaction, [
      {
        itemId: sibling.id,
        atMs: nowMs,
        fromState: null,
        toState: 'pending',
        worker: by,
        reason: `reload of item ${item.id}`,
      },
    ])
  return sibling
}
