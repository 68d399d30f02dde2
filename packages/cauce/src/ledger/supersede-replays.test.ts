import { expect, test } from 'vitest'
import { listItems } from './list-items.ts'
import { scratchLedger } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import { supersedeReplays } from './supersede-replays.ts'

test('replays that wait for a person give way to another of the same rejects; sent again they are pending again', async () => {
  const { ledger, record, claim } = await scratchLedger()
  const replay = (key: string, originLoadKey: string) =>
    ({ key, sizeBytes: 1, modifiedMs: 1, kind: 'replay', originLoadKey }) as const
  await record([
    replay('waits', 'k'),
    replay('of another load', 'l'),
    replay('will be tried again', 'k'),
    'file',
  ])
  for (const { id, epoch, key } of await claim())
    await settleItem(ledger, {
      id,
      epoch,
      state: key === 'will be tried again' ? 'failed_system' : 'failed_layout',
      nowMs: 3000,
    })
  const [next] = await record([replay('next', 'k')])
  await supersedeReplays(ledger, { originLoadKey: 'k', by: next?.id ?? 0, worker: 'w', nowMs: 4000 })
  const states = async () =>
    Object.fromEntries((await listItems(ledger)).map(({ key, state }) => [key, state]))
  expect(await states()).toEqual({
    waits: 'superseded',
    'of another load': 'failed_layout',
    'will be tried again': 'failed_system',
    file: 'failed_layout',
    next: 'pending',
  })
  await record([replay('waits', 'k')])
  expect(await states()).toMatchObject({ waits: 'pending', next: 'pending' })
})
