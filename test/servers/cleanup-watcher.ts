// The process behind cleanup.ts: it collects what to clean up and acts when its input ends.
import { readFile, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Leftover, WatcherLine } from './cleanup.ts'
import { runProgram } from './run-program.ts'

const leftovers = new Map<number, Leftover>()

for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text) as WatcherLine
  if ('watch' in line) leftovers.set(line.id, line.watch)
  else leftovers.delete(line.id)
}

// Processes first, since they hold mounts and folders; then mounts, since they lie in folders.
const all = [...leftovers.values()]
for (const leftover of all) if ('processGroup' in leftover) await endGroup(leftover)
for (const leftover of all)
  if ('mount' in leftover) await runProgram('umount', ['--lazy', leftover.mount]).catch(() => '')
for (const leftover of all)
  if ('folder' in leftover) await rm(leftover.folder, { recursive: true, force: true })

async function endGroup({
  processGroup,
  lastSignal,
}: {
  processGroup: number
  lastSignal?: NodeJS.Signals | undefined
}): Promise<void> {
  if (lastSignal !== undefined && (await isGoneAfter(processGroup, lastSignal))) return
  await isGoneAfter(-processGroup, 'SIGKILL')
}

/** Sends the signal to a process, or to a group by its number with a minus, and waits up to 5 s for the first one's end. */
async function isGoneAfter(target: number, signal: NodeJS.Signals): Promise<boolean> {
  try {
    process.kill(target, signal)
  } catch {
    return true
  }
  for (let look = 0; look < 250; look += 1) {
    if (!(await isAlive(Math.abs(target)))) return true
    await sleep(20)
  }
  return false
}

/** A dead process whose new parent does not collect it stays in the list as a zombie; it holds nothing any more. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat !== '' && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
}
