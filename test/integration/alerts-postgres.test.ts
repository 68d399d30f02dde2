import { describe } from 'vitest'
import { takeLedgersFrom } from '../../packages/cauce/src/ledger/scratch-home.test-kit.ts'
import { describeNeeding } from '../servers/shared-servers.ts'
import { emptyLedgersOnPostgres } from './ledger-on-postgres.ts'

/** How alerts are evaluated, which is tested on SQLite beside the code, once more on PostgreSQL. */
const folder = new URL('../../packages/cauce/src/alerts/', import.meta.url)

describeNeeding('postgres')('alerts on PostgreSQL', () => {
  takeLedgersFrom(emptyLedgersOnPostgres())
  describe.each(['evaluate-items.test.ts', 'evaluate-runs.test.ts', 'look-costs.test.ts'])(
    '%s',
    async (name) => {
      await import(new URL(name, folder).href)
    },
  )
})
