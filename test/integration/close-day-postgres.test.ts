import { describe } from 'vitest'
import { takeLedgersFrom } from '../../packages/cauce/src/ledger/scratch-home.test-kit.ts'
import { describeNeeding } from '../servers/shared-servers.ts'
import { emptyLedgersOnPostgres } from './ledger-on-postgres.ts'

/** What is tested on SQLite beside the code, once more with the ledger on PostgreSQL. */
describeNeeding('postgres')('days are closed over a ledger on PostgreSQL', () => {
  takeLedgersFrom(emptyLedgersOnPostgres())
  describe('closing', async () => {
    await import('../../packages/cauce/src/ops/close-day/close-day.test.ts')
  })
  describe('retention', async () => {
    await import('../../packages/cauce/src/ops/retention/apply-retention.test.ts')
  })
})
