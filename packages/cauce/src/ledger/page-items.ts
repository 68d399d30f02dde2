import { setImmediate } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { ITEM_STATES, type ItemState } from '../model/item-state.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import { ledgerEnds } from './ledger-ends.ts'
import type { ItemRow, LedgerTables } from './tables.ts'

/** All that is given must hold. */
export interface ItemPage {
  readonly pipeline?: string
  readonly states?: readonly ItemState[]
  /** The run that touched them last. */
  readonly runId?: string
  /** Part of the key, upper and lower case alike. */
  readonly keyContains?: string
  /** Only older ones than this: where the page before ended. */
  readonly beforeId?: number
  readonly limit: number
}

/** On SQLite a statement holds up the whole process; searching the keys of so many items takes about 10 ms. */
const SEARCHED_AT_ONCE = 20_000

/**
 * The newest items that fit, at most `limit`, however many there are in all: each question walks an index from where the page begins
 * and stops at the limit. (Asked plainly, a million items in one state were sorted for every page: 5 s, and the process stood still.)
 */
export async function pageItems(ledger: Ledger, page: ItemPage): Promise<ItemRow[]> {
  if (page.keyContains !== undefined) return searchItems(ledger, page, page.keyContains)
  if (page.runId !== undefined || (page.pipeline === undefined && page.states === undefined))
    return readLedger(ledger, (db) => newest(db, page).limit(page.limit).execute())
  const pipelines = page.pipeline === undefined ? await knownPipelines(ledger) : [page.pipeline]
  const found: ItemRow[] = []
  for (const pipeline of pipelines)
    for (const state of page.states ?? ITEM_STATES)
      found.push(
        ...(await readLedger(ledger, (db) =>
          newest(db, { beforeId: page.beforeId })
            .where('state', '=', state)
            .where('pipeline', '=', pipeline)
            .limit(page.limit)
            .execute(),
        )),
      )
  return found.toSorted((one, other) => other.id - one.id).slice(0, page.limit)
}

/** Looks at item after item, from the newest on, a part at a time. */
async function searchItems(ledger: Ledger, page: ItemPage, keyContains: string): Promise<ItemRow[]> {
  const pattern = `%${keyContains.replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`
  const found: ItemRow[] = []
  let untilId = page.beforeId === undefined ? (await ledgerEnds(ledger)).itemId : page.beforeId - 1
  for (; untilId > 0 && found.length < page.limit; untilId -= SEARCHED_AT_ONCE) {
    const part = { ...page, beforeId: untilId + 1 }
    found.push(
      ...(await readLedger(ledger, (db) =>
        newest(db, part)
          .where('id', '>', untilId - SEARCHED_AT_ONCE)
          .where(sql<boolean>`lower(key) like lower(${pattern}) escape '\\'`)
          .limit(page.limit - found.length)
          .execute(),
      )),
    )
    await setImmediate()
  }
  return found
}

/** States and pipelines as expressions: with an index of theirs the engines would sort instead of walking by id. */
function newest(
  db: Kysely<LedgerTables>,
  {
    pipeline,
    states,
    runId,
    beforeId,
  }: Omit<ItemPage, 'limit' | 'beforeId'> & { readonly beforeId?: number | undefined },
) {
  return db
    .selectFrom('item')
    .$if(beforeId !== undefined, (query) => query.where('id', '<', beforeId ?? 0))
    .$if(runId !== undefined, (query) => query.where('runId', '=', runId ?? ''))
    .$if(pipeline !== undefined, (query) => query.where(sql<string>`pipeline || ''`, '=', pipeline ?? ''))
    .$if(states !== undefined, (query) => query.where(sql<ItemState>`state || ''`, 'in', states ?? []))
    .orderBy('id', 'desc')
    .selectAll()
}

async function knownPipelines(ledger: Ledger): Promise<readonly string[]> {
  const plans = await readLedger(ledger, (db) =>
    db.selectFrom('plan').select('pipeline').distinct().orderBy('pipeline').execute(),
  )
  return plans.map(({ pipeline }) => pipeline)
}
