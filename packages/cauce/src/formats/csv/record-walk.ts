import { CauceError } from '../../model/cauce-error.ts'
import type { RecordScanner, Scanned } from './record-scanner.ts'
import type { UnitWindow } from './unit-window.ts'
import type { Units } from './units.ts'

/** What a long walk over a file reports and obeys. */
export interface WalkHooks {
  /** The file's name for people. */
  readonly file: string
  /** Called now and then with the number of bytes passed since the last call. */
  readonly onBytes?: ((bytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface WalkVisitor {
  /**
   * Called for each record and blank line; `start` is its first unit in the walk's window, the scanner knows the rest.
   *
   * @returns false to end the walk after it.
   */
  visit(kind: Scanned, start: number): boolean
  /** Called with all units passed inside one window, before they go. */
  passed?(units: Units): void | Promise<void>
}

/** Walks a file record by record; phases with different scanners may follow each other on one walk. */
export class RecordWalk {
  /** Physical line, from 1, of the record at hand. */
  line = 1
  readonly window: UnitWindow
  readonly #hooks: WalkHooks
  #at = 0

  constructor(window: UnitWindow, hooks: WalkHooks) {
    this.window = window
    this.#hooks = hooks
  }

  /** Whether every unit of the file has been passed. Meaningful after a walk. */
  get done(): boolean {
    return this.window.final && this.#at >= this.window.units.length
  }

  /** Where the walk stands, in bytes of the file. */
  get offset(): number {
    return this.window.offset + this.#at * this.window.units.BYTES_PER_ELEMENT
  }

  /**
   * Goes on until the visitor has enough or the file ends.
   *
   * @throws {CauceError} FILE_UNREADABLE when a line is longer than the scanner allows.
   */
  async walk(scanner: RecordScanner, visitor: WalkVisitor): Promise<void> {
    for (;;) {
      const from = this.#at
      const wantsMore = this.#walkWindow(scanner, visitor)
      await visitor.passed?.(this.window.units.subarray(from, this.#at))
      if (!wantsMore || this.done) return
      this.#hooks.signal?.throwIfAborted()
      const offsetBefore = this.window.offset
      await this.window.slide(this.#at)
      this.#at = 0
      this.#hooks.onBytes?.(this.window.offset - offsetBefore)
    }
  }

  #walkWindow(scanner: RecordScanner, visitor: WalkVisitor): boolean {
    const { units, final } = this.window
    scanner.show(units, final ? 'file' : 'more')
    let wantsMore = true
    while (wantsMore && this.#at < units.length) {
      const start = this.#at
      const kind = scanner.scan(start)
      if (kind === 'incomplete') break
      if (kind === 'overlong') throw this.#overlong()
      this.#at = scanner.next
      wantsMore = visitor.visit(kind, start)
      this.line += scanner.innerLineEnds + (scanner.next > scanner.contentEnd ? 1 : 0)
    }
    return wantsMore
  }

  #overlong(): CauceError {
    return new CauceError('FILE_UNREADABLE', {
      file: this.#hooks.file,
      detail: `line ${this.line} is longer than a record may be; if it is genuine, raise maxRecordBytes`,
    })
  }
}
