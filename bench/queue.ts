import { mkdir } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { openLedger } from '../packages/cauce/src/ledger/open-ledger.ts'
import { fillLedger, makeWait } from './queue-fill.ts'
import { openQueueHome, QUEUE_HOMES, type QueueHome } from './queue-home.ts'
import { queuePlans } from './queue-plans.ts'
import { type QueueFigures, runQueue } from './queue-run.ts'

export const QUEUE_USAGE =
  'npm run bench -- queue [--homes sqlite,postgres] [--sizes 10000,1000000] [--workers 1,4,16] [--batches 1,16] [--seconds 5] [--warm-up 2] [--waiting 20000] [--max-items N] [--no-plans]'

interface QueueBench {
  readonly sizes: readonly number[]
  readonly workers: readonly number[]
  readonly batches: readonly number[]
  readonly seconds: number
  readonly warmUpSeconds: number
  readonly waiting: number
  readonly maxItems: number | undefined
  readonly plans: boolean
}

/** Claims and settles per second, by home of the ledger, items in it, workers, and items claimed at once. */
export async function benchQueue(args: readonly string[], folder: string): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      homes: { type: 'string', default: QUEUE_HOMES.join(',') },
      sizes: { type: 'string', default: '10000,1000000' },
      workers: { type: 'string', default: '1,4,16' },
      batches: { type: 'string', default: '1,16' },
      seconds: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '2' },
      waiting: { type: 'string', default: '20000' },
      'max-items': { type: 'string' },
      plans: { type: 'boolean', default: true },
    },
    allowNegative: true,
  })
  const numbers = (list: string) => list.split(',').map(Number)
  const bench: QueueBench = {
    sizes: numbers(values.sizes),
    workers: numbers(values.workers),
    batches: numbers(values.batches),
    seconds: Number(values.seconds),
    warmUpSeconds: Number(values['warm-up']),
    waiting: Number(values.waiting),
    maxItems: values['max-items'] === undefined ? undefined : Number(values['max-items']),
    plans: values.plans,
  }
  await mkdir(folder, { recursive: true })
  say(`${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}\n`)
  const lines: string[] = []
  for (const name of QUEUE_HOMES.filter((home) => values.homes.split(',').includes(home))) {
    await using home = await openQueueHome(name, folder)
    for (const size of bench.sizes) lines.push(...(await measureSize(home, size, bench)))
  }
  say(`\n${[...HEAD, ...lines].join('\n')}`)
}

async function measureSize(home: QueueHome, size: number, bench: QueueBench): Promise<readonly string[]> {
  const url = await home.urlFor(size)
  await using ledger = await openLedger(url)
  const begun = performance.now()
  await fillLedger(home, url, size)
  const waiting = Math.min(bench.waiting, size)
  await makeWait(home, url, waiting)
  await home.settle(url)
  say(
    `${home.name}, ${thousands(size)} items: filled in ${((performance.now() - begun) / 1000).toFixed(0)} s`,
  )
  if (bench.plans) say(await queuePlans(ledger))
  const lines: string[] = []
  const { seconds, warmUpSeconds, maxItems } = bench
  for (const batch of bench.batches)
    for (const workers of bench.workers) {
      await makeWait(home, url, waiting)
      await home.settle(url)
      const found = await runQueue(home, workers, { url, batch, seconds, warmUpSeconds, maxItems })
      const line = lineOf(home.name, size, workers, batch, found)
      say(line)
      lines.push(line)
    }
  return lines
}

const HEAD = [
  '| ledger | items in it | workers | claimed at once | items/s | claim ms p50 / p99 | settle ms p50 / p99 | CPU ms an item, workers + server | foreign CPU |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
]

function lineOf(home: string, size: number, workers: number, batch: number, found: QueueFigures): string {
  const { perSecond, claimMs, settleMs, workerCpuMs, serverCpuMs, foreignShare } = found
  const cells = [
    home,
    thousands(size),
    workers,
    batch,
    thousands(Math.round(perSecond)),
    `${claimMs.p50.toFixed(1)} / ${claimMs.p99.toFixed(0)}`,
    `${settleMs.p50.toFixed(1)} / ${settleMs.p99.toFixed(0)}`,
    `${workerCpuMs.toFixed(2)} + ${serverCpuMs.toFixed(2)}`,
    foreignShare.toFixed(2),
  ]
  return `| ${cells.join(' | ')} |`
}

function thousands(value: number): string {
  return value.toLocaleString('en')
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
