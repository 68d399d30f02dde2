import { CauceError } from '../../model/cauce-error.ts'
import type { RunEvent } from '../../dispatch/run-context.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { ReadyPipeline } from '../../ops/ready-pipeline.ts'
import type { Cli } from '../cli.ts'
import { errorText } from '../show-error.ts'
import { LiveBlock } from '../terminal/live-block.ts'
import { shortened } from '../terminal/shortened.ts'
import { textWidth } from '../terminal/text-width.ts'
import { cancelledLine, toBeRetried } from './broken-off-lines.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { runCounts, runTexts } from '../texts/run-texts.ts'
import type { Progress } from './progress.ts'

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const REDRAW_MS = 100
const MOST_LINES = 10
const LONGEST_KEY = 40

type Step = Extract<RunEvent, { kind: 'progress' }>

/** Progress on a terminal: one block, redrawn, with a line per item in hand. */
export function liveProgress(cli: Cli): Progress {
  const block = new LiveBlock(cli.err)
  const view = new LiveView(cli)
  let timer: NodeJS.Timeout | undefined
  const draw = (): void => block.draw(view.lines())
  return {
    began: (pipeline) => {
      view.begin(pipeline)
      draw()
      timer = setInterval(draw, REDRAW_MS)
    },
    saw: (event) => {
      const said = view.see(event)
      if (said === undefined) return
      block.above([said])
      draw()
    },
    notice: (text) => {
      block.above([cli.err.paint('warning', text)])
    },
    close: () => {
      clearInterval(timer)
      block.end()
    },
  }
}

/** What the block shows, as lines that fit the screen. */
class LiveView {
  readonly #cli: Cli
  readonly #inHand = new Map<number, { readonly item: ItemRow; step: Step | undefined }>()
  #pipeline: ReadyPipeline | undefined
  #startedMs = 0
  #found: number | undefined
  #ended = 0
  #failed = 0

  constructor(cli: Cli) {
    this.#cli = cli
  }

  begin(pipeline: ReadyPipeline): void {
    this.#pipeline = pipeline
    this.#startedMs = this.#cli.clock.now()
    this.#inHand.clear()
    this.#found = undefined
    this.#ended = 0
    this.#failed = 0
  }

  /** Takes note of what happened; what must stay to be read comes back as a line. */
  see(event: RunEvent): string | undefined {
    const { speaker } = this.#cli
    switch (event.kind) {
      case 'discovered':
        this.#found = event.fresh
        return undefined
      case 'started':
        this.#inHand.set(event.item.id, { item: event.item, step: undefined })
        return undefined
      case 'progress': {
        const known = this.#inHand.get(event.item.id)
        if (known !== undefined) known.step = event
        return undefined
      }
      case 'stage-retried':
      case 'quarantined':
        return undefined
      case 'ended':
      case 'handed-back':
        this.#inHand.delete(event.item.id)
        this.#ended++
        if (event.outcome.error !== undefined) this.#failed++
        return undefined
      case 'cancelled':
        this.#inHand.delete(event.item.id)
        return cancelledLine(event.item, this.#cli)
      case 'to-be-retried':
        this.#inHand.delete(event.item.id)
        return toBeRetried(event, this.#cli)
      case 'quarantine-failed':
        return errorText(CauceError.fromReport(event.error), speaker)
      case 'held-elsewhere':
        return speaker.count(runCounts.heldElsewhere, event.items.length)
      case 'note':
        return visibleText(event.text)
    }
  }

  lines(): readonly string[] {
    const { err, clock } = this.#cli
    const frame = FRAMES[Math.floor(clock.now() / REDRAW_MS) % FRAMES.length] ?? ''
    const inHand = [...this.#inHand.values()]
    const keyWidth = Math.min(
      LONGEST_KEY,
      Math.floor(err.width / 3),
      Math.max(0, ...inHand.map(({ item }) => textWidth(visibleText(item.key)))),
    )
    const left = inHand.length - MOST_LINES
    return [
      `${err.paint('command', frame)} ${this.#headline()}`,
      ...inHand.slice(0, MOST_LINES).map(({ item, step }) => this.#itemLine(item, step, keyWidth)),
      ...(left > 0 ? [`  ${this.#cli.speaker.say(runTexts.more, { n: left })}`] : []),
    ]
  }

  #headline(): string {
    const { err, speaker, clock } = this.#cli
    const name = err.paint('heading', shortened(this.#pipeline?.name ?? '', 30))
    if (this.#found === undefined && this.#inHand.size === 0 && this.#ended === 0)
      return `${name}  ${speaker.say(runTexts.looking)}`
    const { figures } = speaker
    const elapsed = err.paint('quiet', figures.duration(clock.now() - this.#startedMs))
    const failed =
      this.#failed === 0 ? '' : `  ${err.paint('bad', speaker.count(runCounts.failures, this.#failed))}`
    return `${name}  ${this.#endedCount()}${failed}  ${elapsed}`
  }

  /** Of how many is known as long as only new files are worked on; older ones that were due come on top. */
  #endedCount(): string {
    const { say, count, figures } = this.#cli.speaker
    const found = this.#found ?? 0
    if (found < this.#ended + this.#inHand.size) return count(runCounts.ended, this.#ended)
    return say(runTexts.working, { ended: figures.count(this.#ended), all: count(runCounts.items, found) })
  }

  #itemLine(item: ItemRow, step: Step | undefined, keyWidth: number): string {
    const { err, speaker } = this.#cli
    const key = shortened(visibleText(item.key), keyWidth)
    const padded = key + ' '.repeat(Math.max(0, keyWidth - textWidth(key)))
    const stage = speaker.say(runTexts[step?.stage ?? 'extract'])
    const line = `${stage}  ${this.#amount(item, step)}`
    return `  ${padded}  ${err.paint('quiet', shortened(line, Math.max(10, err.width - keyWidth - 5)))}`
  }

  #amount({ sizeBytes }: ItemRow, step: Step | undefined): string {
    const { count, figures, say } = this.#cli.speaker
    if (step?.rows !== undefined) return count(runCounts.rows, step.rows)
    if (step?.bytes === undefined) return ''
    const arrived = figures.bytes(step.bytes)
    return sizeBytes === null ? arrived : say(runTexts.ofBytes, { arrived, all: figures.bytes(sizeBytes) })
  }
}
