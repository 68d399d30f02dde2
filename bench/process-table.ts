import { readdirSync, readFileSync } from 'node:fs'

/** One process as Linux tells of it. */
export interface ProcessFigures {
  readonly pid: number
  readonly parent: number
  readonly session: number
  /** CPU time of the process itself. */
  readonly cpuSeconds: number
  /** CPU time of its children that have ended and were waited for. */
  readonly childCpuSeconds: number
  readonly rssMb: number
}

const TICKS_PER_SECOND = 100
const PAGE_MB = 4096 / 2 ** 20

/** Every process there is. */
export function processTable(): readonly ProcessFigures[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name) => {
      const figures = processFigures(name)
      return figures === undefined ? [] : [figures]
    })
}

/** One process, `self` for ourselves; undefined when it has ended. */
export function processFigures(pid: string): ProcessFigures | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may hold anything; the figures begin after it with the state, field 3.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const field = (number: number): number => Number(fields[number - 3])
    return {
      pid: Number.parseInt(text, 10),
      parent: field(4),
      session: field(6),
      cpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND,
      childCpuSeconds: (field(16) + field(17)) / TICKS_PER_SECOND,
      rssMb: field(24) * PAGE_MB,
    }
  } catch {
    return undefined
  }
}

/** Memory of a process with what it shares divided among those it shares it with. */
export function proportionalMb(pid: number): number {
  try {
    const line = /^Pss: +([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
    return Number(line?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** CPU time everything on the machine has used since it started. */
export function machineCpuSeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, stolen = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  )
    .split(/ +/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softIrq + stolen) / TICKS_PER_SECOND
}
