import { CauceError } from '../../model/cauce-error.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import { findItem } from '../../ledger/find-item.ts'
import { QUARANTINED_STATES } from '../../ledger/list-quarantine.ts'
import { retryItem } from '../../ledger/retry-item.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli } from '../cli.ts'
import { decide, type DecisionOptions } from '../quarantine-decision.ts'
import { quarantineTexts } from '../texts/quarantine-texts.ts'

/** `cauce quarantine release`: back to pending with a new round of tries. */
export async function quarantineReleaseCommand(
  cli: Cli,
  names: readonly string[],
  options: DecisionOptions & { readonly reason?: string | undefined },
): Promise<number> {
  const reason = options.reason?.trim() ?? cli.speaker.say(quarantineTexts.releaseReason)
  if (reason === '') throw new CauceError('USAGE', { detail: cli.speaker.say(quarantineTexts.reasonMissing) })
  return decide(cli, names, {
    decision: { name: 'released', said: quarantineTexts.released, reason, act: release },
    options,
  })
}

/** What was cancelled is sent back by `cauce retry`, by name; it is not in quarantine. */
async function release(
  ledger: Ledger,
  request: Parameters<typeof retryItem>[1],
): Promise<ItemRow | undefined> {
  const item = await findItem(ledger, { id: request.id })
  const isThere = QUARANTINED_STATES.some((state) => state === item?.state)
  return isThere ? retryItem(ledger, request) : undefined
}
