import { CauceError } from '../../model/cauce-error.ts'
import type { ReadyPipeline } from '../../ops/ready-pipeline.ts'
import type { Cli } from '../cli.ts'
import { errorText } from '../show-error.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { runCounts } from '../texts/run-texts.ts'
import { endLine } from './end-line.ts'
import type { Progress } from './progress.ts'
import { cancelledLine, toBeRetried } from './broken-off-lines.ts'

/** Progress where nobody watches (a log, a pipe): one line per thing that happened. */
export function plainProgress({ err, speaker, clock }: Cli): Progress {
  let pipeline: ReadyPipeline | undefined
  const line = (text: string): void => err.line(`${pipeline?.name ?? 'cauce'}: ${text}`)
  return {
    began: (next) => {
      pipeline = next
    },
    saw: (event) => {
      switch (event.kind) {
        case 'discovered':
          line(
            `${speaker.count(runCounts.listed, event.listed)}, ${speaker.count(runCounts.fresh, event.fresh)}`,
          )
          return
        case 'ended':
        case 'handed-back':
          if (pipeline !== undefined) line(endLine(event, pipeline.plan, speaker, err))
          return
        case 'cancelled':
          line(cancelledLine(event.item, { speaker }))
          return
        case 'to-be-retried':
          line(toBeRetried(event, { speaker, clock }))
          return
        case 'quarantine-failed':
          line(errorText(CauceError.fromReport(event.error), speaker))
          return
        case 'held-elsewhere':
          line(speaker.count(runCounts.heldElsewhere, event.items.length))
          return
        case 'note':
          line(visibleText(event.text))
          return
        case 'started':
        case 'progress':
        case 'stage-retried':
        case 'quarantined':
      }
    },
    notice: line,
    close: () => undefined,
  }
}
