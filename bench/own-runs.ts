import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchData } from './bench-data.ts'
import { measureCommand } from './measure-command.ts'
import type { Sample } from './sample.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const CAUCE = join(HERE, '../packages/cauce/bin/cauce.js')
/** Fixed, so that counters by year and month can be compared. */
export const REFERENCE_DATE = '2026-11-22'

/** Shell command of our run, for a driver that gives BENCH_IN, BENCH_OUT and MYSQL_URL. */
export const OUR_COMMAND = `BENCH_INTO="$MYSQL_URL" CAUCE_HOME="$BENCH_OUT/home" '${process.execPath}' '${CAUCE}' run --project '${HERE}' --json --jobs 2`

interface Run {
  readonly name: string
  readonly args: readonly string[]
  readonly data: BenchData
  /** Scratch folder, emptied before the run; on the same disk as the data. */
  readonly output: string
  readonly into: string
  readonly serverPid: number | undefined
}

/** Times a run of ours into a destination and compares its totals with what was to come out. */
export async function runCauce(run: Omit<Run, 'args'>): Promise<Sample> {
  return timed({ ...run, args: [CAUCE, 'run', '--project', HERE, '--json', '--jobs', '2'] }, (printed) => {
    const { runs } = JSON.parse(printed) as { runs: { totals: Record<string, number> }[] }
    const { read, rejected } = runs[0]?.totals ?? {}
    return read === run.data.rows && rejected === run.data.rejected
      ? 'counts agree'
      : `WRONG: ${read} read, ${rejected} rejected`
  })
}

/** Times one of the scripts of this folder that prints how many rows it read. */
export async function runScript(script: string, run: Omit<Run, 'args'>): Promise<Sample> {
  return timed({ ...run, args: ['--conditions=cauce-source', join(HERE, script)] }, (printed) => {
    const { read } = JSON.parse(printed) as { read: number }
    return read === run.data.rows ? 'row count' : `WRONG: ${read} read`
  })
}

async function timed(
  { name, args, data, output, into, serverPid }: Run,
  judge: (printed: string) => string,
): Promise<Sample> {
  await rm(output, { recursive: true, force: true })
  await mkdir(output, { recursive: true })
  const stdoutPath = join(output, 'stdout')
  const stderrPath = join(output, 'stderr')
  const env = {
    ...process.env,
    TZ: 'UTC',
    BENCH_TODAY: REFERENCE_DATE,
    BENCH_IN: data.folder,
    BENCH_OUT: output,
    BENCH_INTO: into,
    CAUCE_HOME: join(output, 'home'),
  }
  const measured = await measureCommand({
    program: process.execPath,
    args,
    env,
    stdoutPath,
    stderrPath,
    serverPid,
  })
  const isDone = measured.exitCode === 0
  return {
    name,
    files: data.files,
    rows: data.rows,
    ...measured,
    output: isDone
      ? judge(await readFile(stdoutPath, 'utf8'))
      : `WRONG: exit code ${measured.exitCode}, ${(await readFile(stderrPath, 'utf8')).trim().slice(-300)}`,
  }
}
