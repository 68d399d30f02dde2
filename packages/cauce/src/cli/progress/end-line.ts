import { CauceError } from '../../model/cauce-error.ts'
import type { Plan } from '../../model/plan.ts'
import { labelOf } from '../../ops/run-document.ts'
import { stateStyle } from '../report/state-style.ts'
import { errorText } from '../show-error.ts'
import type { Speaker } from '../speaker.ts'
import type { Screen } from '../terminal/screen.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { runTexts } from '../texts/run-texts.ts'
import type { EndEvent } from './progress.ts'

/** One line on how an item ended: its state, and its counts or what went wrong. */
export function endLine(event: EndEvent, plan: Plan, speaker: Speaker, screen: Screen): string {
  const { item, outcome } = event
  const state = event.kind === 'handed-back' ? 'pending' : outcome.state
  const label =
    event.kind === 'handed-back' ? speaker.say(runTexts.handedBack) : visibleText(labelOf(state, plan))
  const head = `${visibleText(item.key)}  ${screen.paint(stateStyle(state), label)}`
  if (outcome.error === undefined) return `${head}  ${countsLine(event, speaker)}`
  return `${head}  ${errorText(CauceError.fromReport(outcome.error), speaker).replaceAll(/\s*\n\s*/g, ' ')}`
}

function countsLine({ outcome: { counts } }: EndEvent, { say, figures }: Speaker): string {
  return say(runTexts.endedLine, {
    read: figures.count(counts.read),
    loaded: figures.count(counts.loaded),
    rejected: figures.count(counts.rejected),
    warnings: figures.count(counts.warnings),
  })
}
