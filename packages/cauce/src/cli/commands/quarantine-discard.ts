import { CauceError } from '../../model/cauce-error.ts'
import { discardItem } from '../../ledger/discard-item.ts'
import type { Cli } from '../cli.ts'
import { decide, type DecisionOptions } from '../quarantine-decision.ts'
import { quarantineTexts } from '../texts/quarantine-texts.ts'

/** `cauce quarantine discard`: it will not be loaded; a reason must be given, because nobody will look at it again. */
export async function quarantineDiscardCommand(
  cli: Cli,
  names: readonly string[],
  options: DecisionOptions & { readonly reason?: string | undefined },
): Promise<number> {
  const reason = options.reason?.trim() ?? ''
  if (reason === '') throw new CauceError('USAGE', { detail: cli.speaker.say(quarantineTexts.reasonMissing) })
  return decide(cli, names, {
    decision: { name: 'discarded', said: quarantineTexts.discarded, reason, act: discardItem },
    options,
  })
}
