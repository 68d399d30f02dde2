import { ITEM_STATES } from '../../model/item-state.ts'
import { CauceError } from '../../model/cauce-error.ts'
import { findItem } from '../../ledger/find-item.ts'
import { itemHistory } from '../../ledger/item-history.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import { pageItems } from '../../ledger/page-items.ts'
import { QUARANTINED_STATES } from '../../ledger/list-quarantine.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import { defined } from './defined.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { itemDocument, itemSchema, itemStoryDocument, itemStorySchema } from './item-document.ts'
import { pageFields, pageOf } from './page.ts'
import { integer, list, nullable, object, oneOf, text } from './schema.ts'

export const itemParams = { id: integer({ minimum: 1, description: 'Its number' }) }

const pageSchema = object({ items: list(itemSchema), next: nullable(integer()) })

/** @throws {CauceError} ITEM_UNKNOWN */
export async function knownItem(ledger: Ledger, id: number): Promise<ItemRow> {
  const item = await findItem(ledger, { id })
  if (item === undefined)
    throw new CauceError('ITEM_UNKNOWN', { item: String(id), ledger: ledger.displayUrl })
  return item
}

export const itemEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/items',
    operation: 'listItems',
    summary: 'Items, the newest first',
    query: {
      pipeline: text({ maxLength: 200 }),
      state: list(oneOf(ITEM_STATES), { description: 'May be said several times' }),
      run: text({ maxLength: 100, description: 'The run that touched them last' }),
      key: text({ maxLength: 1000, description: 'Part of the key, upper and lower case alike' }),
      ...pageFields,
    },
    answer: { status: 200, schema: pageSchema, description: 'A page of items' },
    handle: async ({ ledger }, { query: { pipeline, state, run, key, before, limit }, words }) => {
      const { rows, next } = await pageOf(limit, async (most) =>
        pageItems(ledger, {
          ...defined({ pipeline, states: state, runId: run, keyContains: key, beforeId: before }),
          limit: most,
        }),
      )
      return { items: rows.map((item) => itemDocument(item, words)), next }
    },
  }),
  endpoint({
    method: 'GET',
    path: '/items/{id}',
    operation: 'getItem',
    summary: 'Everything that happened to an item',
    params: itemParams,
    answer: { status: 200, schema: itemStorySchema, description: 'The item with its story' },
    errors: ['ITEM_UNKNOWN'],
    handle: async ({ ledger }, { params: { id }, words }) => {
      const item = await knownItem(ledger, id)
      return itemStoryDocument(item, await itemHistory(ledger, id), words)
    },
  }),
  endpoint({
    method: 'GET',
    path: '/quarantine',
    operation: 'listQuarantine',
    summary: 'Items that failed or were refused, and wait to be looked at or tried again; the newest first',
    query: { pipeline: text({ maxLength: 200 }), ...pageFields },
    answer: { status: 200, schema: pageSchema, description: 'A page of items' },
    handle: async ({ ledger }, { query: { pipeline, before, limit }, words }) => {
      const { rows, next } = await pageOf(limit, async (most) =>
        pageItems(ledger, {
          ...defined({ pipeline, beforeId: before }),
          states: QUARANTINED_STATES,
          limit: most,
        }),
      )
      return { items: rows.map((item) => itemDocument(item, words)), next }
    },
  }),
]
