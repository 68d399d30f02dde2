import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** A process no other process can be taken for: process ids come round again, `start` does not. */
export interface ProcessIdentity {
  readonly host: string
  readonly pid: number
  /** On Linux `<boot id>/<process id namespace>/<start in clock ticks since boot>`; empty where the system has no /proc. */
  readonly start: string
}

/** Who this process is. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const world = await ownWorld()
  const self = await readStat(process.pid)
  return {
    host: hostname(),
    pid: process.pid,
    start: world === undefined || self === undefined ? '' : `${world}/${self.startTicks}`,
  }
}

/**
 * Whether a process is proven dead. False when it lives and when nobody here can know: on another host, before a reboot, in
 * another container, which may share our host name and our folders but not our process ids. Its lease decides then.
 */
export async function isProvenDead(owner: ProcessIdentity): Promise<boolean> {
  if (owner.host !== hostname()) return false
  const world = await ownWorld()
  if (owner.start === '' || world === undefined) return owner.start === '' && !exists(owner.pid)
  const cut = owner.start.lastIndexOf('/')
  if (owner.start.slice(0, cut) !== world) return false
  const stat = await readStat(owner.pid)
  // Where /proc hides the processes of others, only the signal tells.
  if (stat === undefined) return !exists(owner.pid)
  return stat.ended || stat.startTicks !== owner.start.slice(cut + 1)
}

/** `host:pid`, as history shows whoever did something. */
export function workerName({ host, pid }: Pick<ProcessIdentity, 'host' | 'pid'>): string {
  return `${host}:${pid}`
}

/** What process ids and start times are relative to: this boot and this process id namespace. */
async function ownWorld(): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    return `${boot.trim()}/${await readlink('/proc/self/ns/pid')}`
  } catch {
    return undefined
  }
}

async function readStat(pid: number): Promise<{ startTicks: string; ended: boolean } | undefined> {
  let stat: string
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The second field is the program's name in brackets and may hold spaces and brackets (proc_pid_stat(5)).
  const [state = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A killed process stays as a zombie until its parent looks.
  return { startTicks: rest[18] ?? '', ended: state === 'Z' || state === 'X' }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
