import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { peersData, type BenchData, type Size } from './bench-data.ts'
import type { Sample } from './sample.ts'

/** A folder of programs that do the same job with other tools, and of checks over everything they wrote. */
export interface Peers {
  /** The set of that size, made by their generator when it is not there. */
  data(size: Size): Promise<BenchData>
  /** One round: floor, pandas, polars and `command` (ours) one after the other, each reset before and verified after. */
  round(size: Size, command: string): Promise<readonly Sample[]>
}

const NAMES: Readonly<Record<string, string>> = {
  limit_loaddata: 'MariaDB: floor, LOAD DATA of the raw bytes',
  pandas_load: 'MariaDB: pandas + LOAD DATA',
  polars_load: 'MariaDB: polars + LOAD DATA',
  cauce: 'MariaDB: cauce',
}

/**
 * The peers in a folder that has a driver `run` (`run gen J1 --size S`, `run bench J1 --size S --peers … --results FILE`, which
 * times the command in CAUCE_J1 as one more peer).
 */
export function openPeers(folder: string, home: string, mysqlUrl: string): Peers {
  const env = {
    PY_PANDAS: join(home, 'venv-pd/bin/python'),
    ...process.env,
    BENCH_HOME: home,
    MYSQL_URL: mysqlUrl,
  }
  if (!existsSync(env.PY_PANDAS))
    throw new Error(
      `The peers need ${env.PY_PANDAS} with pandas, polars, pymysql, sqlalchemy and pyarrow: make it, or set PY_PANDAS.`,
    )
  const drive = async (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = spawn(join(folder, 'run'), args, {
        env: { ...env, ...more },
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      child.once('error', reject)
      child.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`run ${args.join(' ')} ended with ${code}`)),
      )
    })
  return {
    data: async (size) => {
      const set = join(home, 'data/j1', size)
      if (!existsSync(join(set, 'expected.json'))) await drive(['gen', 'J1', '--size', size])
      return peersData(set)
    },
    round: async (size, command) => {
      const results = join(home, 'round.jsonl')
      await rm(results, { force: true })
      const peers = Object.keys(NAMES).join(',')
      const args = ['bench', 'J1', '--size', size, '--reps', '1', '--peers', peers, '--results', results]
      await drive(args, { CAUCE_J1: command })
      const { files } = await peersData(join(home, 'data/j1', size))
      const lines = (await readFile(results, 'utf8')).trim().split('\n')
      return lines.map((line) => sampleOf(JSON.parse(line) as PeerRecord, files))
    },
  }
}

/** A line of the driver's results. */
interface PeerRecord {
  readonly peer: string
  readonly rows: number
  readonly wall: number
  readonly cpu: number
  readonly srv_cpu: number
  readonly rss_mb: number
  readonly foreign: number
  readonly rc: number
  readonly ok: boolean | null
  readonly bad: unknown
}

function sampleOf(record: PeerRecord, files: number): Sample {
  const isRaw = record.peer.startsWith('limit_')
  const fault = record.rc === 0 ? JSON.stringify(record.bad) : `exit code ${record.rc}`
  return {
    name: NAMES[record.peer] ?? record.peer,
    files,
    rows: record.rows,
    wallSeconds: record.wall,
    cpuSeconds: record.cpu,
    serverCpuSeconds: record.srv_cpu,
    peakRssMb: record.rss_mb,
    peakPssMb: undefined,
    foreignShare: record.foreign,
    output: record.rc === 0 && record.ok === true ? (isRaw ? 'row count' : 'identical') : `WRONG: ${fault}`,
  }
}
