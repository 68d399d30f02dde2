import { spawn, type ChildProcess } from 'node:child_process'
import { open, readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf, type Account } from './account.ts'
import { watchOver } from './cleanup.ts'

export interface ServerCommand {
  /** Name for messages. */
  name: string
  program: string
  args: readonly string[]
  env?: NodeJS.ProcessEnv
  /** The account to run as; without one the server runs as ourselves. */
  account?: Account
  /** Output is appended here. */
  logPath: string
  /** Resolves when the server answers; may reject as long as it does not. */
  answers: () => Promise<unknown>
  readyTimeoutMs?: number
  /** What `stop` sends; SIGTERM when absent. */
  stopSignal?: NodeJS.Signals
  /** What it is sent when this process is gone, before SIGKILL: for servers that leave something behind. */
  lastSignal?: NodeJS.Signals
}

/** A server that is running, or was. */
export interface ServerProcess {
  pid: number
  /** SIGTERM (or `stopSignal`) to the server and its children, SIGKILL after 10 s. */
  stop(): Promise<void>
  /** SIGKILL to the server and its children. */
  kill(): Promise<void>
}

/**
 * Starts a server in a process group of its own and waits until it answers.
 *
 * @throws Error with the end of the server's log when it dies or does not answer in time.
 */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const log = await open(command.logPath, 'a', 0o600)
  const child = spawn(command.program, command.args, {
    ...(command.account ? identityOf(command.account) : {}),
    ...(command.env ? { env: command.env } : {}),
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  await log.close()
  child.unref()
  const pid = child.pid
  if (pid === undefined) throw new Error(`${command.name}: ${command.program} could not be started.`)
  const forget = watchOver({ processGroup: pid, lastSignal: command.lastSignal })
  void exited.then(forget)
  const end = async (signal: NodeJS.Signals) => {
    if (!isRunning(child)) return
    child.ref()
    await endTree(pid, exited, signal)
  }
  const server = {
    pid,
    stop: async () => end(command.stopSignal ?? 'SIGTERM'),
    kill: async () => end('SIGKILL'),
  }
  try {
    await untilAnswering(command, child)
  } catch (error) {
    await server.kill()
    throw error
  }
  return server
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

async function untilAnswering(command: ServerCommand, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + (command.readyTimeoutMs ?? 60_000)
  let last: unknown
  while (isRunning(child) && performance.now() < deadline) {
    try {
      await command.answers()
      return
    } catch (error) {
      last = error
      await sleep(40)
    }
  }
  const log = await readFile(command.logPath, 'utf8').catch(() => '')
  const what = isRunning(child) ? 'does not answer' : `died (${child.exitCode ?? child.signalCode})`
  throw new Error(`${command.name} ${what}. The end of its log:\n${log.trim().slice(-2000)}`, { cause: last })
}

async function endTree(pid: number, exited: Promise<void>, signal: NodeJS.Signals): Promise<void> {
  // sshd gives each session a process group of its own, so the group alone would leave sessions running; frozen,
  // the server can start no further one while we look.
  sendSignal(pid, 'SIGSTOP')
  const tree = [pid, ...(await descendantsOf(pid))]
  for (const member of tree) sendSignal(member, signal)
  sendSignal(pid, 'SIGCONT')
  const gone = await Promise.race([exited.then(() => true), sleep(10_000, false, { ref: false })])
  if (gone) return
  for (const member of tree) sendSignal(member, 'SIGKILL')
  await exited
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended by itself.
  }
}

async function descendantsOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const entry of await readdir('/proc')) {
    const stat = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '') : ''
    // "pid (name) state parent …"; the name may hold spaces and brackets.
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
    if (parent !== undefined) parents.set(Number(entry), Number(parent))
  }
  const family = new Set([pid])
  for (let size = 0; size !== family.size;) {
    size = family.size
    for (const [child, parent] of parents) if (family.has(parent)) family.add(child)
  }
  family.delete(pid)
  return [...family]
}
