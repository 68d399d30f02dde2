import { mkdir } from 'node:fs/promises'
import type { TableShape } from '../connectors/destination.ts'
import { itemFacts } from './item-facts.ts'
import { emptyValid } from './detail-columns.ts'
import { needsSweep, sweepPeriods } from './sweep-periods.ts'
import { destinationSeat } from './seat.ts'
import type { Stagehand } from './stagehand.ts'
import { tableShape } from './build-tables.ts'
import type { SweepTask } from './task.ts'

/** Brings the destination's counters up to the reference date; makes their tables first, so that there is something to lock. */
export async function performSweep(task: SweepTask, hand: Stagehand): Promise<void> {
  const destination = await hand.destination(task.settings.destinationUrl)
  await mkdir(task.spoolFolder, { recursive: true, mode: 0o700 })
  await using engine = await hand.engine(task.plan.limits.memoryMb)
  await emptyValid(engine, task.plan)
  const facts = itemFacts({
    item: '',
    sha256: '',
    loadKey: '',
    run: task.run,
    referenceDate: task.referenceDate,
  })
  const rows = task.plan.tables.filter(({ from }) => from.kind !== 'rejects')
  const shapes: TableShape[] = []
  for (const table of rows) shapes.push(await tableShape({ engine, plan: task.plan, facts }, table))
  const seat = destinationSeat(task.plan, destination)
  await hand.seated({ seat, rest: () => destination.close() }, async () => {
    await destination.prepare(shapes)
    if (await needsSweep(task, destination)) await sweepPeriods(task, { destination, engine })
  })
}
