import { systemClock } from '../../packages/cauce/src/model/clock.ts'
import { openLogs } from '../../packages/cauce/src/logs/open-logs.ts'

/** Writes so many lines into the orchestrator's log and into one item's that all writers share. */
const [folder = '', name = '', count = '0'] = process.argv.slice(2)
const logs = openLogs({ home: { logs: folder }, clock: systemClock, secrets: [], timezoneOf: () => 'UTC' })
const item = logs.item({ pipeline: 'p', key: 'shared.txt', id: 1 }, '2026-11-24')
for (let number = 0; number < Number(count); number++) {
  const fields = { writer: name, number, text: 'x'.repeat((number * 37) % 3_000) }
  logs.orchestrator.write('note', fields)
  item.write('note', fields)
  if (number % 50 === 0) await systemClock.sleep(1)
}
await logs.close()
