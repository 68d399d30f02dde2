import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** Something a test process made that must not outlive it, even when it is killed by SIGKILL. */
export type Leftover =
  | {
      processGroup: number
      /** Asks its first process to end and clean up; what is still there a moment later is killed. */
      lastSignal?: NodeJS.Signals | undefined
    }
  | { mount: string }
  | { folder: string }

/** One line to the watcher process. */
export type WatcherLine = { id: number; watch: Leftover } | { id: number; forget: true }

let watcherInput: Writable | undefined
let lastId = 0

/**
 * Has the leftover ended, unmounted or removed as soon as this process is gone. A watcher process of its own does
 * it: it reads a pipe from us, and the pipe ends however we end.
 *
 * @returns a function to call once the leftover has been cleaned up in the normal way.
 */
export function watchOver(leftover: Leftover): () => void {
  lastId += 1
  const id = lastId
  tellWatcher({ id, watch: leftover })
  return () => tellWatcher({ id, forget: true })
}

function tellWatcher(line: WatcherLine): void {
  watcherInput ??= startWatcher()
  watcherInput.write(`${JSON.stringify(line)}\n`)
}

function startWatcher(): Writable {
  const script = fileURLToPath(new URL('./cleanup-watcher.ts', import.meta.url))
  // Detached, so that neither Ctrl-C nor a kill of our process group reaches it before its work is done.
  const watcher = spawn(process.execPath, [script], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watcher.unref()
  if ('unref' in watcher.stdin && typeof watcher.stdin.unref === 'function') watcher.stdin.unref()
  return watcher.stdin
}
