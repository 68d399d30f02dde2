import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ITEM_STATES } from '../model/item-state.ts'
import { type ItemFilter, listItems } from './list-items.ts'
import { pageItems } from './page-items.ts'
import { recordPlan } from './record-plan.ts'
import { planOf, scratchLedger } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'

test('a page holds what a plain question for the newest would bring, whatever is asked for', async () => {
  const { ledger, runId, record, claim } = await scratchLedger()
  await record(Array.from({ length: 40 }, (_, n) => `Report_${n}%.txt`))
  await recordPlan(ledger, { plan: planOf({ pipeline: 'other', hash: 'h2' }), nowMs: 1 })
  await record(['report_x', 'x'], { pipeline: 'other' })
  const ends = ['ready', 'failed_system', 'refused', 'duplicate'] as const
  for (const [index, { id, epoch }] of (await claim({ limit: 30 })).entries())
    await settleItem(ledger, { id, epoch, state: ends[index % 4] ?? 'ready', nowMs: 3000 })
  const filter = fc.record(
    {
      pipeline: fc.constantFrom('visits', 'other', 'none'),
      states: fc.uniqueArray(fc.constantFrom(...ITEM_STATES), { minLength: 1, maxLength: 4 }),
      runId: fc.constantFrom(runId, 'none'),
      keyContains: fc.constantFrom('REPORT_1', '_x', '%', '3%', 'nowhere', ''),
      beforeId: fc.integer({ min: 1, max: 50 }),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(filter, fc.integer({ min: 1, max: 45 }), async (asked, limit) => {
      const page = { ...(asked as ItemFilter), limit }
      expect(await pageItems(ledger, page)).toEqual(await listItems(ledger, page))
    }),
    { numRuns: 200 },
  )
})
