import { constants } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Beyond this, lines are counted rather than kept: a disk that hangs must not fill the memory. */
const MOST_PENDING_CHARACTERS = 8_000_000

/** Links are not followed: whoever may write into the folder must not choose what is written to. */
const APPENDING = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW

export interface LogFileTools {
  /** Told of every failure to write. */
  readonly onTrouble: (error: unknown, path: string) => void
  /** The line that stands for so many that could not be written. */
  readonly lostLine: (count: number) => string
}

/**
 * A file that lines are added to, by any number of processes: every write is whole lines at the end (O_APPEND), so that none
 * stands inside another's. Adding never waits and never throws; lines that find no room are counted, and the count is written
 * when there is room again. The file is opened for each batch: one removed meanwhile begins anew.
 */
export class LogFile {
  readonly #path: () => Promise<string>
  readonly #tools: LogFileTools
  #pending: string[] = []
  #pendingCharacters = 0
  #lost = 0
  /** The last write ended within a line. */
  #isTorn = false
  #writing: Promise<void> | undefined

  /** `path` is asked until it answers once. */
  constructor(path: () => Promise<string>, tools: LogFileTools) {
    let known: Promise<string> | undefined
    this.#path = async () => {
      known ??= path()
      try {
        return await known
      } catch (error) {
        known = undefined
        throw error
      }
    }
    this.#tools = tools
  }

  /** Adds a line, its end included. */
  add(line: string): void {
    if (this.#pendingCharacters + line.length > MOST_PENDING_CHARACTERS) {
      this.#lost++
      return
    }
    this.#pending.push(line)
    this.#pendingCharacters += line.length
    this.#writing ??= this.#writeAll()
  }

  /** Resolves when what was added has been written, or given up. */
  async written(): Promise<void> {
    await this.#writing
  }

  get isBusy(): boolean {
    return this.#writing !== undefined
  }

  async #writeAll(): Promise<void> {
    // What is logged in one go is written in one go.
    await Promise.resolve()
    while (this.#pending.length > 0) {
      const lines = this.#pending
      this.#pending = []
      this.#pendingCharacters = 0
      const missed = this.#lost
      this.#lost = 0
      const all = missed === 0 ? lines : [this.#tools.lostLine(missed), ...lines]
      if (!(await this.#write(all.join('')))) this.#lost += missed + lines.length
    }
    this.#writing = undefined
  }

  async #write(text: string): Promise<boolean> {
    let path = ''
    try {
      path = await this.#path()
      await this.#append(path, Buffer.from(this.#isTorn ? `\n${text}` : text))
      return true
    } catch (error) {
      this.#tools.onTrouble(error, path)
      return false
    }
  }

  async #append(path: string, bytes: Buffer): Promise<void> {
    const handle = await opened(path)
    let done = 0
    try {
      while (done < bytes.length) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done)
        done += bytesWritten
      }
      this.#isTorn = false
    } catch (error) {
      if (done > 0) this.#isTorn = bytes[done - 1] !== 0x0a
      throw error
    } finally {
      await handle.close()
    }
  }
}

async function opened(path: string): ReturnType<typeof open> {
  try {
    return await open(path, APPENDING, 0o600)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    return open(path, APPENDING, 0o600)
  }
}
