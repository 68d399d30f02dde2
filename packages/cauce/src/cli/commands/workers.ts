import { EXIT_CODES } from '../../model/error-class.ts'
import type { Text } from '../../model/language.ts'
import { visibleText } from '../../model/visible-text.ts'
import { LEASE_MS } from '../../dispatch/lease.ts'
import { listControls } from '../../ledger/list-controls.ts'
import { listSchedules } from '../../ledger/list-schedules.ts'
import { listWorkers } from '../../ledger/list-workers.ts'
import { type SeatUsage, seatUsage } from '../../ledger/seat-usage.ts'
import type { PipelineControlRow, ScheduleRow, WorkerRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject, sayNothingYet } from '../open-project.ts'
import { isoMoment } from '../report/item-document.ts'
import type { Style } from '../terminal/screen.ts'
import type { Table } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { controlTexts } from '../texts/control-texts.ts'

/** The newest are told of; months of restarts are not. */
const MOST_ENDED = 10

const STATES: Readonly<Record<WorkerRow['state'], { readonly text: Text; readonly style: Style }>> = {
  working: { text: controlTexts.working, style: 'good' },
  stopping: { text: controlTexts.stopping, style: 'warning' },
  ended: { text: controlTexts.ended, style: 'quiet' },
  lost: { text: controlTexts.lost, style: 'bad' },
}

/** `cauce workers`: who stands, when what fires next, and who is connected to what. */
export async function workersCommand(
  cli: Cli,
  options: CommonOptions & { readonly json?: true | undefined },
): Promise<number> {
  const { out, speaker, clock } = cli
  await using open = await openProject(cli, options)
  if (open === undefined) {
    if (options.json === true)
      out.line(JSON.stringify({ workers: [], schedules: [], seats: [] }, undefined, 2))
    else await sayNothingYet(cli, options)
    return EXIT_CODES.done
  }
  const { ledger } = open
  const all = await listWorkers(ledger, { nowMs: clock.now(), leaseMs: LEASE_MS })
  const isStanding = ({ state }: WorkerRow): boolean => state === 'working' || state === 'stopping'
  const workers = [
    ...all.filter(isStanding),
    ...all.filter((worker) => !isStanding(worker)).slice(0, MOST_ENDED),
  ]
  const schedules = await listSchedules(ledger)
  const controls = await listControls(ledger)
  const seats = await seatUsage(ledger)
  if (options.json === true) {
    out.line(JSON.stringify(document(workers, schedules, controls, seats), undefined, 2))
    return EXIT_CODES.done
  }
  if (workers.length === 0) out.line(speaker.say(controlTexts.nobody))
  else show(cli, undefined, workerTable(workers, cli))
  if (schedules.length > 0) show(cli, controlTexts.schedulesTitle, scheduleTable(schedules, controls, cli))
  if (seats.length > 0) show(cli, controlTexts.seatsTitle, seatTable(seats, cli))
  return EXIT_CODES.done
}

function show({ out, speaker }: Cli, title: Text | undefined, table: Table): void {
  if (title !== undefined) out.line(`\n${out.paint('heading', speaker.say(title))}`)
  for (const line of tableLines(table, out)) out.line(line)
}

function workerTable(workers: readonly WorkerRow[], { speaker: { say, figures }, clock }: Cli): Table {
  return {
    columns: [
      { title: say(controlTexts.process), shrinksTo: 12 },
      { title: say(controlTexts.roles), shrinksTo: 8 },
      { title: say(controlTexts.jobs), align: 'right', dropRank: 1 },
      { title: say(controlTexts.state) },
      { title: say(controlTexts.since), dropRank: 2 },
      { title: say(controlTexts.lastBeat), dropRank: 3 },
    ],
    rows: workers.map(({ host, pid, roles, jobs, state, startedMs, beatMs }) => [
      { text: visibleText(`${host}:${pid}`) },
      { text: roles.replaceAll('+', ' + ') },
      { text: figures.count(jobs) },
      { text: say(STATES[state].text), style: STATES[state].style },
      { text: figures.recent(startedMs, clock.now()) },
      { text: figures.recent(beatMs, clock.now()) },
    ]),
  }
}

function scheduleTable(
  schedules: readonly ScheduleRow[],
  controls: readonly PipelineControlRow[],
  { speaker: { say, figures } }: Cli,
): Table {
  return {
    columns: [
      { title: say(controlTexts.pipeline), shrinksTo: 12 },
      { title: say(controlTexts.rhythm), dropRank: 1 },
      { title: say(controlTexts.next) },
    ],
    rows: schedules.map(({ pipeline, rhythm, nextMs }) => {
      const control = controls.find((one) => one.pipeline === pipeline && one.pausedMs !== null)
      return [
        { text: visibleText(pipeline) },
        { text: rhythm },
        control === undefined
          ? { text: nextMs === null ? say(controlTexts.neverByItself) : figures.moment(nextMs) }
          : {
              text: say(controlTexts.onPause, { by: visibleText(control.pausedBy ?? '') }),
              style: 'warning',
            },
      ]
    }),
  }
}

function seatTable(seats: readonly SeatUsage[], { speaker: { say, figures } }: Cli): Table {
  return {
    columns: [
      { title: say(controlTexts.resource), shrinksTo: 16 },
      { title: say(controlTexts.taken), align: 'right' },
    ],
    rows: seats.map(({ resource, held, limit }) => [
      { text: visibleText(resource) },
      { text: `${figures.count(held)} / ${figures.count(limit)}` },
    ]),
  }
}

function document(
  workers: readonly WorkerRow[],
  schedules: readonly ScheduleRow[],
  controls: readonly PipelineControlRow[],
  seats: readonly SeatUsage[],
): unknown {
  return {
    workers: workers.map(
      ({ id, host, pid, roles, jobs, state, cauceVersion, startedMs, beatMs, endedMs }) => ({
        id,
        host,
        pid,
        roles: roles.split('+'),
        jobs,
        state,
        version: cauceVersion,
        startedAt: isoMoment(startedMs),
        lastSignAt: isoMoment(beatMs),
        endedAt: isoMoment(endedMs),
      }),
    ),
    schedules: schedules.map(({ pipeline, rhythm, nextMs, lastMs }) => ({
      pipeline,
      rhythm,
      nextAt: isoMoment(nextMs),
      lastAt: isoMoment(lastMs),
      paused: controls.some((control) => control.pipeline === pipeline && control.pausedMs !== null),
    })),
    seats,
  }
}
