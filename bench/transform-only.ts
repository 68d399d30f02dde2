import { fork } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/*
 * node transform-only.ts: transforms every file of BENCH_IN in CAUCE_JOBS processes (2 by default) and prints the rows read.
 * Works in BENCH_OUT, which must be on the same disk as BENCH_IN.
 */

const WORKER = fileURLToPath(new URL('./transform-worker.ts', import.meta.url))

/** A process that takes the next file as soon as it is done with one. Resolves to the rows it read. */
async function runWorker(waiting: string[], folder: string): Promise<number> {
  await mkdir(folder, { recursive: true })
  const worker = fork(WORKER, [folder])
  let rows = 0
  await new Promise<void>((resolve, reject) => {
    worker.on('message', (message: { rows: number }) => {
      rows += message.rows
      const path = waiting.shift()
      if (path === undefined) worker.disconnect()
      else worker.send({ path })
    })
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))))
  })
  return rows
}

const [input, output] = [process.env['BENCH_IN'] ?? '.', process.env['BENCH_OUT'] ?? '.']
const names = (await readdir(input)).filter((name) => name.endsWith('.txt')).toSorted()
const files = names.map((name) => join(input, name))
const jobs = Number(process.env['CAUCE_JOBS'] ?? 2)
const read = await Promise.all(
  Array.from({ length: jobs }, async (_, index) => runWorker(files, join(output, `worker-${index}`))),
)
process.stdout.write(`${JSON.stringify({ read: read.reduce((sum, rows) => sum + rows, 0) })}\n`)
