import type { Screen } from './screen.ts'

const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const ERASE_BELOW = '\x1b[0J'

/** Lines at the foot of a terminal that are drawn again and again. Every line must fit the screen: a wrapped one cannot be erased. */
export class LiveBlock {
  readonly #screen: Screen
  #height = 0
  #isShown = false
  readonly #showCursor = (): void => this.#screen.write(SHOW_CURSOR)

  constructor(screen: Screen) {
    this.#screen = screen
  }

  draw(lines: readonly string[]): void {
    // In one write, so that no half-drawn state is seen.
    this.#screen.write(`${this.#begin()}${this.#erase()}${lines.map((line) => `${line}\n`).join('')}`)
    this.#height = lines.length
  }

  /** Writes lines above, for good. The block is gone until it is drawn again. */
  above(lines: readonly string[]): void {
    this.#screen.write(`${this.#erase()}${lines.map((line) => `${line}\n`).join('')}`)
    this.#height = 0
  }

  /** Erases the block and gives the cursor back. */
  end(): void {
    if (!this.#isShown) return
    this.#screen.write(`${this.#erase()}${SHOW_CURSOR}`)
    this.#height = 0
    this.#isShown = false
    process.off('exit', this.#showCursor)
  }

  #begin(): string {
    if (this.#isShown) return ''
    this.#isShown = true
    // However the process ends, its terminal must have a cursor.
    process.once('exit', this.#showCursor)
    return HIDE_CURSOR
  }

  #erase(): string {
    return this.#height === 0 ? '' : `\x1b[${this.#height}A\r${ERASE_BELOW}`
  }
}
