import { expect, test } from 'vitest'
import { storm } from './storm.ts'
import { describeNeeding } from '../servers/shared-servers.ts'

/** Half a minute each; `npm run chaos -- --minutes 60 --seed 1` lets more come over them. */
const SECONDS = 30

describeNeeding(
  'mariadb',
  'postgres',
  'sshd',
)('kills, cut lines and servers that go away, one after another', () => {
  test.each([1, 2])(
    'storm %i: when it is calm again, everything is as if nothing had happened',
    { timeout: 300_000 },
    async (seed) => {
      const told: string[] = []
      const record = await storm({
        seed,
        seconds: SECONDS,
        files: 24,
        rowsPerFile: 120,
        say: (line) => told.push(line),
      }).catch((error: unknown) => {
        throw new Error(`storm ${seed} after: ${told.join('; ')}`, { cause: error })
      })
      expect(record.items).toBe(24)
      expect(record.misfortunes.length).toBeGreaterThan(3)
    },
  )
})
