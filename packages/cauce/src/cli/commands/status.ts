import { EXIT_CODES } from '../../model/error-class.ts'
import { ACTIVE_STATES, type ItemState, WAITING_STATES } from '../../model/item-state.ts'
import { listItems } from '../../ledger/list-items.ts'
import { type PipelineStatus, statusOverview } from '../../ledger/status-overview.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject, sayNothingYet } from '../open-project.ts'
import { isoMoment } from '../report/item-document.ts'
import { showItemList } from '../report/item-list.ts'
import { runStyle } from '../report/state-style.ts'
import type { Table, TableCell } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { ledgerTexts } from '../texts/ledger-texts.ts'
import { runTexts } from '../texts/run-texts.ts'
import { runWords } from '../texts/run-words.ts'

/** `cauce status`: a line per pipeline, then what waits for somebody. */
export async function statusCommand(
  cli: Cli,
  options: CommonOptions & { readonly json?: true | undefined },
): Promise<number> {
  const { out, speaker } = cli
  await using open = await openProject(cli, options)
  if (open === undefined) {
    if (options.json === true) out.line(JSON.stringify({ pipelines: [] }, undefined, 2))
    else await sayNothingYet(cli, options)
    return EXIT_CODES.done
  }
  const overview = await statusOverview(open.ledger)
  if (options.json === true) {
    out.line(JSON.stringify({ pipelines: overview.map(statusDocument) }, undefined, 2))
    return EXIT_CODES.done
  }
  for (const line of tableLines(statusTable(overview, cli), out)) out.line(line)
  showItemList(cli, options, {
    title: speaker.say(ledgerTexts.waitingTitle),
    items: await listItems(open.ledger, { states: WAITING_STATES }),
    labelOf: open.labelOf,
    hasDates: true,
  })
  showItemList(cli, options, {
    title: speaker.say(ledgerTexts.failedTitle),
    items: await listItems(open.ledger, { states: ['failed_system'] }),
    labelOf: open.labelOf,
    hasDates: true,
  })
  return EXIT_CODES.done
}

function statusDocument({ pipeline, items, rows, lastRun }: PipelineStatus): unknown {
  return {
    pipeline,
    items,
    rows,
    lastRun:
      lastRun === undefined
        ? null
        : {
            run: lastRun.id,
            state: lastRun.state,
            startedAt: isoMoment(lastRun.startedMs),
            finishedAt: isoMoment(lastRun.finishedMs),
          },
  }
}

function statusTable(overview: readonly PipelineStatus[], { speaker, clock }: Cli): Table {
  const { say, figures } = speaker
  const count = (value: number, style?: TableCell['style']): TableCell =>
    value === 0 ? { text: '0', style: 'quiet', isEmpty: true } : { text: figures.count(value), style }
  const right = { align: 'right' } as const
  return {
    columns: [
      { title: say(ledgerTexts.pipeline), shrinksTo: 12 },
      { title: say(ledgerTexts.lastRun), shrinksTo: 10 },
      { title: say(ledgerTexts.when) },
      { title: say(ledgerTexts.good), ...right },
      { title: say(ledgerTexts.open), ...right, dropRank: 3 },
      { title: say(ledgerTexts.failed), ...right },
      { title: say(ledgerTexts.waiting), ...right },
      { title: say(runTexts.loaded), ...right, dropRank: 2 },
      { title: say(runTexts.rejected), ...right, dropRank: 1 },
    ],
    rows: overview.map(({ pipeline, items, rows, lastRun }) => {
      const sum = (states: readonly ItemState[]): number =>
        states.reduce((total, state) => total + (items[state] ?? 0), 0)
      return [
        { text: visibleText(pipeline) },
        lastRun === undefined
          ? { text: say(ledgerTexts.neverRan), style: 'quiet' }
          : { text: say(runWords[lastRun.state]), style: runStyle(lastRun.state) },
        { text: lastRun === undefined ? '' : figures.recent(lastRun.startedMs, clock.now()) },
        count(sum(['ready', 'ready_with_rejects'])),
        count(sum(['pending', ...ACTIVE_STATES])),
        count(sum(['failed_system']), 'bad'),
        count(sum(WAITING_STATES), 'bad'),
        count(rows.loaded),
        count(rows.rejected, 'warning'),
      ]
    }),
  }
}
