import { parseArgs } from 'node:util'
import { memoryLedger } from '../../packages/cauce/src/ledger/memory-ledger.test-kit.ts'
import { runHistory } from '../../packages/cauce/src/ledger/run-history.test-kit.ts'

/**
 * Seeded histories of the ledger's queue on SQLite in memory: `npm run simulate -- --seeds 10000`. Ends with 1 at the first that
 * differs from the model and names its seed; `--seed N` runs that one again.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    events: { type: 'string', default: '200' },
  },
})

const first = Number(values.seed ?? 1)
const count = values.seed === undefined ? Number(values.seeds) : 1
await using ledger = await memoryLedger()
const startedMs = performance.now()
for (let seed = first; seed < first + count; seed++) {
  await runHistory(ledger, seed, Number(values.events))
  if (seed % 500 === 0) process.stderr.write(`${seed} seeds hold\n`)
}
const seconds = Math.round((performance.now() - startedMs) / 1000)
process.stdout.write(
  `${count} histories of ${values.events} events hold (seeds ${first} to ${first + count - 1}, ${seconds} s)\n`,
)
