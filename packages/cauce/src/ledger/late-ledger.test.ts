import { expect, test } from 'vitest'
import { LateLedger } from './late-ledger.ts'
import { listItems } from './list-items.ts'
import { scratchLedger } from './scratch-ledger.test-kit.ts'

test('whoever asks before it has arrived is told that it cannot be reached, and answered afterwards', async () => {
  const { ledger, record } = await scratchLedger()
  await record(['a'])
  const late = new LateLedger('postgres://db/cauce')
  await expect(listItems(late)).rejects.toMatchObject({
    code: 'LEDGER_UNREACHABLE',
    class: 'system',
    message: expect.stringContaining('postgres://db/cauce') as string,
  })
  await late.close()
  late.arrive(ledger)
  expect(await listItems(late)).toHaveLength(1)
  await late.close()
  await expect(listItems(ledger)).rejects.toThrow(/./)
})
