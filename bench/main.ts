import { mkdir, readFile } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SIZES, SMALL_FILES, ownData, type BenchData, type Size } from './bench-data.ts'
import { benchServer, type BenchServer } from './bench-server.ts'
import { OUR_COMMAND, REFERENCE_DATE, runCauce, runScript } from './own-runs.ts'
import { openPeers, type Peers } from './peers.ts'
import { benchQueue, QUEUE_USAGE } from './queue.ts'
import { resultsTable } from './results-table.ts'
import type { Sample } from './sample.ts'

/*
 * npm run bench -- visitas [--size S|M|L] [--reps N] [--parts transform,duckdb,mariadb,small]
 * npm run bench -- queue …, see `queue.ts`
 */

const PARTS = ['transform', 'duckdb', 'mariadb', 'small'] as const
type Part = (typeof PARTS)[number]

interface Bench {
  readonly home: string
  readonly server: BenchServer
  readonly peers: Peers | undefined
  readonly size: Size
  readonly data: BenchData
  readonly small: BenchData
  readonly tables: string
}

async function main(): Promise<void> {
  const home = resolve(
    process.env['BENCH_HOME'] ?? fileURLToPath(new URL('../.cache/bench', import.meta.url)),
  )
  const [job, ...args] = process.argv.slice(2)
  if (job === 'queue') await benchQueue(args, home)
  else await benchVisits(home)
}

async function benchVisits(home: string): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: 'string', default: 'S' },
      reps: { type: 'string', default: '3' },
      parts: { type: 'string', default: PARTS.join(',') },
    },
  })
  const size = Object.keys(SIZES).find((name): name is Size => name === values.size)
  const parts = values.parts.split(',').filter((name): name is Part => PARTS.some((part) => part === name))
  if (positionals.join(' ') !== 'visitas' || size === undefined || parts.length === 0)
    throw new Error(
      `npm run bench -- visitas [--size S|M|L] [--reps N] [--parts transform,duckdb,mariadb,small], or\n${QUEUE_USAGE}`,
    )
  await mkdir(home, { recursive: true })
  process.env['BENCH_TODAY'] ??= REFERENCE_DATE
  await using server = await benchServer(home)
  const bench = await prepare(home, server, size)
  describeMachine(bench)
  const samples: Sample[] = []
  for (let rep = 0; rep < Number(values.reps); rep++)
    for (const part of parts) for await (const sample of RUNS[part](bench)) samples.push(told(sample))
  process.stdout.write(`\n${resultsTable(samples)}\n`)
  if (samples.some(({ output }) => output.startsWith('WRONG'))) process.exitCode = 1
}

async function prepare(home: string, server: BenchServer, size: Size): Promise<Bench> {
  const folder = process.env['CAUCE_BENCH_PEERS']
  const peers = folder === undefined ? undefined : openPeers(folder, home, server.url)
  if (peers === undefined)
    process.stderr.write(
      '!!! CAUCE_BENCH_PEERS is not set: only cauce and the floor are timed, and the output is judged by counts alone.\n',
    )
  return {
    home,
    server,
    peers,
    size,
    data: peers === undefined ? await ownData(home, size, SIZES[size]) : await peers.data(size),
    small: await ownData(home, 'small', SMALL_FILES),
    tables: await readFile(new URL('./j1-tables.sql', import.meta.url), 'utf8'),
  }
}

const RUNS: Readonly<Record<Part, (bench: Bench) => AsyncGenerator<Sample>>> = {
  transform: async function* (bench) {
    yield runScript('transform-only.ts', {
      name: 'transform only',
      data: bench.data,
      into: '',
      output: scratch(bench),
      serverPid: undefined,
    })
  },
  duckdb: async function* (bench) {
    yield intoDuckdb(bench, 'DuckDB: cauce', bench.data)
  },
  mariadb: async function* (bench) {
    if (bench.peers !== undefined) {
      await bench.server.run(bench.tables)
      yield* await bench.peers.round(bench.size, OUR_COMMAND)
      return
    }
    await bench.server.run(bench.tables)
    yield runScript('floor.ts', {
      name: 'MariaDB: floor, LOAD DATA of the raw bytes',
      ...intoServer(bench),
      data: bench.data,
    })
    yield intoMariadb(bench, 'MariaDB: cauce', bench.data)
  },
  small: async function* (bench) {
    const what = `${bench.small.files} files of ${bench.small.rows / bench.small.files} rows`
    yield intoMariadb(bench, `MariaDB: cauce, ${what}`, bench.small)
    yield intoDuckdb(bench, `DuckDB: cauce, ${what}`, bench.small)
  },
}

async function intoDuckdb(bench: Bench, name: string, data: BenchData): Promise<Sample> {
  const output = scratch(bench)
  const into = `duckdb:${join(output, 'j1.duckdb')}`
  return runCauce({ name, data, into, output, serverPid: undefined })
}

async function intoMariadb(bench: Bench, name: string, data: BenchData): Promise<Sample> {
  await bench.server.run(bench.tables)
  return runCauce({ name, data, ...intoServer(bench) })
}

function intoServer(bench: Bench): {
  readonly into: string
  readonly output: string
  readonly serverPid: number
} {
  return { into: bench.server.url, output: scratch(bench), serverPid: bench.server.pid }
}

function scratch({ home }: Bench): string {
  return join(home, 'out/cauce')
}

function told(sample: Sample): Sample {
  const { name, wallSeconds, cpuSeconds, serverCpuSeconds, peakRssMb, foreignShare, output } = sample
  process.stdout.write(
    `${name}: ${wallSeconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} + ${serverCpuSeconds.toFixed(1)}, ${peakRssMb.toFixed(0)} MB, foreign ${foreignShare.toFixed(2)}, ${output}\n`,
  )
  return sample
}

function describeMachine({ server, data, size }: Bench): void {
  process.stdout.write(
    `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, MariaDB ${server.version}; size ${size}: ${data.files} files, ${data.rows} rows, ${data.rejected} to be rejected\n`,
  )
}

await main()
