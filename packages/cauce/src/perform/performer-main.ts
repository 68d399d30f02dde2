import { systemClock } from '../model/clock.ts'
import { findTracing } from './find-tracing.ts'
import { Performance } from './performance.ts'
import type { FromPerformer, ToPerformer } from './messages.ts'
import { startTracing } from './start-tracing.ts'

/*
 * The performer process: carries one task at a time for the worker that forked it. It knows nothing of the ledger, and ends
 * when its worker is gone: an orphan must not go on loading.
 */
const tell = (message: FromPerformer): void => {
  if (process.connected) process.send?.(message)
}
const [folder] = process.argv.slice(2)
if (folder === undefined) throw new TypeError('a performer is told its folder')
await startTracing(process.env)
const performance = new Performance(folder, tell)

process.on('message', (message: ToPerformer) => performance.receive(message))
process.once('disconnect', () => {
  // With nothing in hand the worker has let us go; else it is dead, and a load under way must not outlive it: the database
  // rolls back when the connection falls, and the next run clears the spool.
  if (performance.isBusy) process.exit(1)
  void sayGoodbye().finally(() => process.exit(0))
})
// A terminal sends Ctrl-C to the whole group: the worker decides what becomes of the item in hand.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

async function sayGoodbye(): Promise<void> {
  await performance.close()
  await (await findTracing())?.flushTraces(systemClock)
}
