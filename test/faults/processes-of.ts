import { readdirSync, readFileSync } from 'node:fs'
import type { VisitsRun } from '../visits/visits-run.ts'

/** A process that works for a visit: the command itself or one of its performers. */
export interface VisitProcess {
  readonly pid: number
  /** Resident memory. */
  readonly memoryMb: number
}

/** The performers of a running command. */
export function performersOf(workerPid: number | undefined): readonly number[] {
  try {
    const children = readFileSync(`/proc/${workerPid}/task/${workerPid}/children`, 'utf8')
    return children.split(' ').filter(Boolean).map(Number)
  } catch {
    // It has ended.
    return []
  }
}

/**
 * Every living process that was started for a visit, whoever its parent is now. Zombies are not living. Looks at all processes
 * of the machine, so not to be asked all the time.
 */
export function processesOf({ home }: Pick<VisitsRun, 'home'>): readonly VisitProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
        if (!environment.includes(`CAUCE_HOME=${home}`)) return []
        const memory = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        return memory === undefined ? [] : [{ pid: Number(pid), memoryMb: Number(memory) / 1024 }]
      } catch {
        // It ended while we looked, or is another account's.
        return []
      }
    })
}
