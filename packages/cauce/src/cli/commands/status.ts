import { EXIT_CODES } from '../../model/error-class.ts'
import { ACTIVE_STATES, type ItemState, WAITING_STATES } from '../../model/item-state.ts'
import type { Text } from '../../model/language.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import { listControls } from '../../ledger/list-controls.ts'
import { listItems } from '../../ledger/list-items.ts'
import { listSchedules } from '../../ledger/list-schedules.ts'
import { type PipelineStatus, statusOverview } from '../../ledger/status-overview.ts'
import type { PipelineControlRow, Rhythm, ScheduleRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject, sayNothingYet } from '../open-project.ts'
import { isoMoment } from '../report/item-document.ts'
import { showItemList } from '../report/item-list.ts'
import { runStyle } from '../report/state-style.ts'
import type { Table, TableCell } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
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
  const plans = await clockworkOf(open.ledger)
  if (options.json === true) {
    out.line(
      JSON.stringify({ pipelines: overview.map((status) => statusDocument(status, plans)) }, undefined, 2),
    )
    return EXIT_CODES.done
  }
  for (const line of tableLines(statusTable(overview, cli), out)) out.line(line)
  for (const line of clockworkLines(overview, plans, cli)) out.line(line)
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

/** What the clock, and people, say of when pipelines go on. */
interface Clockwork {
  readonly controls: readonly PipelineControlRow[]
  readonly schedules: readonly ScheduleRow[]
}

async function clockworkOf(ledger: Ledger): Promise<Clockwork> {
  return { controls: await listControls(ledger), schedules: await listSchedules(ledger) }
}

function pauseOf(pipeline: string, { controls }: Clockwork): PipelineControlRow | undefined {
  return controls.find((control) => control.pipeline === pipeline && control.pausedMs !== null)
}

/** A line for each pipeline that is paused or fires by itself. */
function clockworkLines(
  overview: readonly PipelineStatus[],
  clockwork: Clockwork,
  { out, speaker }: Cli,
): readonly string[] {
  const { say, figures } = speaker
  return overview.flatMap(({ pipeline }) => {
    const name = visibleText(pipeline)
    const pause = pauseOf(pipeline, clockwork)
    if (pause !== undefined) {
      const facts = {
        pipeline: name,
        by: visibleText(pause.pausedBy ?? ''),
        since: figures.moment(pause.pausedMs ?? 0),
      }
      const reason = pause.reason === null ? '' : `: ${visibleText(pause.reason)}`
      return [wrapLine(out, '', out.paint('warning', say(ledgerTexts.pausedSince, facts) + reason))]
    }
    const next = clockwork.schedules
      .filter((schedule) => schedule.pipeline === pipeline && schedule.nextMs !== null)
      .map(({ rhythm, nextMs }) => `${say(RHYTHMS[rhythm])} ${figures.moment(nextMs ?? 0)}`)
    if (next.length === 0) return []
    return [wrapLine(out, '', say(ledgerTexts.firesNext, { pipeline: name, next: next.join(', ') }))]
  })
}

const RHYTHMS: Readonly<Record<Rhythm, Text>> = {
  run: ledgerTexts.rhythmRun,
  discover: ledgerTexts.rhythmDiscover,
  dispatch: ledgerTexts.rhythmDispatch,
}

function statusDocument({ pipeline, items, rows, lastRun }: PipelineStatus, clockwork: Clockwork): unknown {
  const pause = pauseOf(pipeline, clockwork)
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
    paused:
      pause === undefined
        ? null
        : { at: isoMoment(pause.pausedMs), by: pause.pausedBy, reason: pause.reason },
    schedules: clockwork.schedules
      .filter((schedule) => schedule.pipeline === pipeline)
      .map(({ rhythm, nextMs, lastMs }) => ({
        rhythm,
        nextAt: isoMoment(nextMs),
        lastAt: isoMoment(lastMs),
      })),
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
