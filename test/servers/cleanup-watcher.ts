// The process behind cleanup.ts: it collects what to clean up and acts when its input ends.
import { rm } from 'node:fs/promises'
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
for (const leftover of all) if ('processGroup' in leftover) await endGroup(leftover.processGroup)
for (const leftover of all)
  if ('mount' in leftover) await runProgram('umount', ['--lazy', leftover.mount]).catch(() => '')
for (const leftover of all)
  if ('folder' in leftover) await rm(leftover.folder, { recursive: true, force: true })

async function endGroup(processGroup: number): Promise<void> {
  for (let look = 0; look < 100; look += 1) {
    try {
      process.kill(-processGroup, 'SIGKILL')
    } catch {
      return
    }
    await sleep(20)
  }
}
