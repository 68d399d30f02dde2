import { CauceError } from '../../model/cauce-error.ts'
import type { RunEvent } from '../../dispatch/run-context.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli } from '../cli.ts'
import { errorText } from '../show-error.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { runTexts } from '../texts/run-texts.ts'

/** One line on an item that failed and will be tried again. */
export function toBeRetried(
  { item, outcome, dueMs, attempts }: Extract<RunEvent, { kind: 'to-be-retried' }>,
  { speaker, clock }: Pick<Cli, 'speaker' | 'clock'>,
): string {
  const error = outcome.error === undefined ? '' : errorText(CauceError.fromReport(outcome.error), speaker)
  return speaker.say(runTexts.toBeRetried, {
    key: visibleText(item.key),
    pause: speaker.figures.duration(Math.max(0, dueMs - clock.now())),
    next: item.roundAttempts + 1,
    attempts,
    error: error.replaceAll(/\s*\n\s*/g, ' '),
  })
}

/** One line on an item that somebody cancelled. */
export function cancelledLine({ key }: Pick<ItemRow, 'key'>, { speaker }: Pick<Cli, 'speaker'>): string {
  return speaker.say(runTexts.cancelled, { key: visibleText(key) })
}
