import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'
import { takeLedgersFrom } from '../../packages/cauce/src/ledger/scratch-home.test-kit.ts'
import { describeNeeding } from '../servers/shared-servers.ts'
import { emptyLedgersOnPostgres } from './ledger-on-postgres.ts'

/** Every test of the ledger's behaviour, which runs on SQLite beside the code, once more on PostgreSQL. */
const folder = fileURLToPath(new URL('../../packages/cauce/src/ledger/', import.meta.url))
const files = readdirSync(folder).filter(
  (name) => name.endsWith('.test.ts') && readFileSync(`${folder}${name}`, 'utf8').includes('.test-kit.ts'),
)

describeNeeding('postgres')('the ledger on PostgreSQL', () => {
  takeLedgersFrom(emptyLedgersOnPostgres())
  describe.each(files)('%s', async (name) => {
    await import(`${folder}${name}`)
  })
})
