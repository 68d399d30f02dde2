import { spawn } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { machineCpuSeconds, processFigures, processTable, proportionalMb } from './process-table.ts'

export interface Measured {
  readonly exitCode: number | null
  readonly wallSeconds: number
  /** The command and everything it started. */
  readonly cpuSeconds: number
  readonly serverCpuSeconds: number
  /** Greatest sum over our processes of what each has in memory; pages they share count once for each. */
  readonly peakRssMb: number
  /** The same with shared pages counted once. */
  readonly peakPssMb: number
  /** Share of the machine that others used meanwhile. Above 0.15 only CPU seconds mean anything. */
  readonly foreignShare: number
}

const SAMPLE_EVERY_MS = 100
/** Asking for proportional memory makes the kernel walk the pages: seldomer. */
const PROPORTIONAL_EVERY_SAMPLES = 5

/** Runs a command in a session of its own until it ends, and measures it and the server it uses. */
export async function measureCommand(command: {
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly stdoutPath: string
  readonly stderrPath: string
  /** Leader of the server's session; undefined: there is no server. */
  readonly serverPid: number | undefined
}): Promise<Measured> {
  const out = openSync(command.stdoutPath, 'w')
  const errors = openSync(command.stderrPath, 'w')
  const before = {
    machine: machineCpuSeconds(),
    ours: endedChildren(),
    server: sessionCpu(command.serverPid),
  }
  const start = performance.now()
  const child = spawn(command.program, command.args, {
    env: command.env,
    stdio: ['ignore', out, errors],
    detached: true,
  })
  const peak = { rssMb: 0, pssMb: 0 }
  let samples = 0
  const timer = setInterval(() => {
    const ours = processTable().filter(({ session }) => session === child.pid)
    peak.rssMb = Math.max(peak.rssMb, sum(ours.map(({ rssMb }) => rssMb)))
    if (samples++ % PROPORTIONAL_EVERY_SAMPLES === 0)
      peak.pssMb = Math.max(peak.pssMb, sum(ours.map(({ pid }) => proportionalMb(pid))))
  }, SAMPLE_EVERY_MS)
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  }).finally(() => {
    clearInterval(timer)
    closeSync(out)
    closeSync(errors)
  })
  const wallSeconds = (performance.now() - start) / 1000
  const cpuSeconds = endedChildren() - before.ours
  const serverCpuSeconds = sessionCpu(command.serverPid) - before.server
  const foreign = machineCpuSeconds() - before.machine - cpuSeconds - serverCpuSeconds
  return {
    exitCode,
    wallSeconds,
    cpuSeconds,
    serverCpuSeconds,
    peakRssMb: peak.rssMb,
    peakPssMb: peak.pssMb,
    foreignShare: Math.max(0, foreign) / (wallSeconds * availableParallelism()),
  }
}

function endedChildren(): number {
  return processFigures('self')?.childCpuSeconds ?? 0
}

function sessionCpu(leader: number | undefined): number {
  if (leader === undefined) return 0
  return sum(
    processTable()
      .filter(({ session }) => session === leader)
      .map(({ cpuSeconds }) => cpuSeconds),
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
