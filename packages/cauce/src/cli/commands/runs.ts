import { EXIT_CODES } from '../../model/error-class.ts'
import { listRuns } from '../../ledger/list-runs.ts'
import type { RunRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject, sayNothingYet } from '../open-project.ts'
import { isoMoment } from '../report/item-document.ts'
import { countCells, countColumns } from '../report/item-table.ts'
import { runStyle } from '../report/state-style.ts'
import type { Table } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { ledgerTexts } from '../texts/ledger-texts.ts'
import { runWords } from '../texts/run-words.ts'

/** `cauce runs`: firings of pipelines with their totals. */
export async function runsCommand(
  cli: Cli,
  options: CommonOptions & {
    readonly pipeline?: string | undefined
    readonly limit: number
    readonly json?: true | undefined
  },
): Promise<number> {
  const { out, speaker } = cli
  await using open = await openProject(cli, options)
  const { pipeline, limit } = options
  const runs =
    open === undefined
      ? []
      : await listRuns(open.ledger, { limit: limit + 1, ...(pipeline !== undefined && { pipeline }) })
  const shown = runs.slice(0, limit)
  if (options.json === true) out.line(JSON.stringify({ runs: shown.map(runDocument) }, undefined, 2))
  else if (open === undefined) await sayNothingYet(cli, options)
  else if (shown.length === 0) out.line(speaker.say(ledgerTexts.noneFound))
  else {
    for (const line of tableLines(runTable(shown, cli), out)) out.line(line)
    if (runs.length > limit)
      out.line(
        `  ${out.paint('quiet', speaker.say(ledgerTexts.moreThere, { n: speaker.figures.count(limit) }))}`,
      )
  }
  return EXIT_CODES.done
}

function runDocument(run: RunRow): unknown {
  const { id, pipeline, state, startedMs, finishedMs, items, read, loaded, rejected, skipped, warnings } = run
  return {
    run: id,
    pipeline,
    state,
    startedAt: isoMoment(startedMs),
    finishedAt: isoMoment(finishedMs),
    host: run.host,
    pid: run.pid,
    totals: { items, read, loaded, rejected, skipped, warnings },
  }
}

function runTable(runs: readonly RunRow[], { speaker, clock }: Cli): Table {
  const { say, figures } = speaker
  return {
    columns: [
      { title: say(ledgerTexts.run), shrinksTo: 9 },
      { title: say(ledgerTexts.pipeline), shrinksTo: 8 },
      { title: say(ledgerTexts.state) },
      { title: say(ledgerTexts.started) },
      { title: say(ledgerTexts.took), align: 'right', dropRank: 4 },
      { title: say(ledgerTexts.items), align: 'right' },
      ...countColumns(speaker),
    ],
    rows: runs.map((run) => [
      { text: run.id },
      { text: visibleText(run.pipeline) },
      { text: say(runWords[run.state]), style: runStyle(run.state) },
      { text: figures.recent(run.startedMs, clock.now()) },
      { text: run.finishedMs === null ? '' : figures.duration(run.finishedMs - run.startedMs) },
      { text: figures.count(run.items), ...(run.items === 0 && { style: 'quiet' as const }) },
      ...countCells(run, speaker),
    ]),
  }
}
