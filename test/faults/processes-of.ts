import { readdirSync, readFileSync } from 'node:fs'
import type { VisitsRun } from '../visits/visits-run.ts'

/** A process that works for a visit: the command itself or one of its performers. */
export interface VisitProcess {
  readonly pid: number
  readonly isPerformer: boolean
  /** Resident memory. */
  readonly memoryMb: number
}

/** Every living process that was started for a visit, whoever its parent is now. Zombies are not living. */
export function processesOf({ home }: Pick<VisitsRun, 'home'>): readonly VisitProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
        if (!environment.includes(`CAUCE_HOME=${home}`)) return []
        const memory = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        const isPerformer = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('performer-main')
        return memory === undefined
          ? []
          : [{ pid: Number(pid), isPerformer, memoryMb: Number(memory) / 1024 }]
      } catch {
        // It ended while we looked, or is another account's.
        return []
      }
    })
}
