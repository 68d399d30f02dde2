import { CauceError } from '../../model/cauce-error.ts'
import { EXIT_CODES } from '../../model/error-class.ts'
import { ruleText } from '../../model/rule-texts.ts'
import { findNamedItem } from '../../ops/find-named-item.ts'
import { itemHistory } from '../../ledger/item-history.ts'
import { storedError } from '../../ledger/stored-error.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject } from '../open-project.ts'
import { isoMoment, itemDocument } from '../report/item-document.ts'
import { showItem, type ShownItem } from '../report/item-page.ts'

/** `cauce items show`: everything that happened to one item. */
export async function itemShowCommand(
  cli: Cli,
  name: string,
  options: CommonOptions & {
    readonly pipeline?: string | undefined
    readonly json?: true | undefined
  },
): Promise<number> {
  await using open = await openProject(cli, options)
  if (open === undefined) throw new CauceError('ITEM_UNKNOWN', { item: name, ledger: '' })
  const item = await findNamedItem(open.ledger, { name, pipeline: options.pipeline })
  const shown: ShownItem = {
    item,
    label: open.labelOf(item),
    history: await itemHistory(open.ledger, item.id),
  }
  if (options.json === true) cli.out.line(JSON.stringify(shownDocument(shown, cli), undefined, 2))
  else showItem(cli, options, shown)
  return EXIT_CODES.done
}

function shownDocument({ item, label, history }: ShownItem, { speaker }: Cli): unknown {
  return {
    ...itemDocument(item, label, speaker),
    attempts: history.attempts.map((attempt) => ({
      number: attempt.number,
      run: attempt.runId,
      worker: attempt.worker,
      startedAt: isoMoment(attempt.startedMs),
      finishedAt: isoMoment(attempt.finishedMs),
      outcome: attempt.outcome,
      stage: attempt.stage,
      error: storedError(attempt)?.textIn(speaker.language) ?? null,
    })),
    transitions: history.transitions.map(({ atMs, fromState, toState, worker, reason }) => ({
      at: isoMoment(atMs),
      from: fromState,
      to: toState,
      by: worker,
      reason,
    })),
    rules: history.ruleCounts.map(({ code, level, rows }) => ({
      code,
      level,
      rows,
      text: ruleText(code)[speaker.language],
    })),
  }
}
