import { declaredAlerts } from '../../alerts/declared-alerts.ts'
import { storedDetails } from '../../alerts/alert-details.ts'
import { describeAlert } from '../../alerts/describe-alert.ts'
import { EXIT_CODES } from '../../model/error-class.ts'
import { visibleText } from '../../model/visible-text.ts'
import { deliveriesOf } from '../../ledger/alert-deliveries.ts'
import { listAlerts } from '../../ledger/open-alerts.ts'
import type { AlertRow, DeliveryRow } from '../../ledger/tables.ts'
import type { AlertsPlan } from '../../plan/alerts/alert-plan.ts'
import { loadProject } from '../../ops/load-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint } from '../command-hint.ts'
import { openProject } from '../open-project.ts'
import { projectRequest } from '../project-request.ts'
import { isoMoment } from '../report/item-document.ts'
import type { Table, TableCell } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { alertsTexts } from '../texts/alerts-texts.ts'
import { ledgerTexts } from '../texts/ledger-texts.ts'

interface AlertsListOptions extends CommonOptions {
  readonly all?: true | undefined
  readonly pipeline?: string | undefined
  readonly limit: number
  readonly json?: true | undefined
}

/** An alert with its messages. */
interface ListedAlert {
  readonly alert: AlertRow
  readonly deliveries: readonly DeliveryRow[]
}

/** `cauce alerts list`: what is open, who was told, and which messages did not arrive. */
export async function alertsListCommand(cli: Cli, options: AlertsListOptions): Promise<number> {
  const { out, speaker } = cli
  const { limit, pipeline, all = false } = options
  const plan = declaredAlerts(await loadProject(projectRequest(cli, options)))
  await using open = await openProject(cli, options)
  const found =
    open === undefined
      ? []
      : await listAlerts(open.ledger, {
          onlyOpen: !all,
          limit: limit + 1,
          ...(pipeline !== undefined && { pipeline }),
        })
  const shown = found.slice(0, limit)
  const ids = shown.map(({ id }) => id)
  const messages = open === undefined ? new Map<number, never>() : await deliveriesOf(open.ledger, ids)
  const listed = shown.map((alert) => ({ alert, deliveries: messages.get(alert.id) ?? [] }))
  if (options.json === true) {
    const alerts = listed.map((one) => alertDocument(one, plan, cli))
    out.line(JSON.stringify({ alerts }, undefined, 2))
    return EXIT_CODES.done
  }
  if (listed.length === 0) out.line(speaker.say(all ? alertsTexts.noneEver : alertsTexts.none))
  else for (const line of tableLines(alertTable(listed, plan, all, cli), out)) out.line(line)
  if (found.length > limit) {
    const n = speaker.figures.count(limit)
    out.line(`  ${out.paint('quiet', speaker.say(ledgerTexts.moreThere, { n }))}`)
  }
  showFailed(cli, listed)
  showDeclared(cli, options, plan)
  return EXIT_CODES.done
}

function titleOf({ alert }: ListedAlert, plan: AlertsPlan, { speaker }: Cli): string {
  const kind = alert.resolvedMs !== null && wasMended(alert) ? 'resolved' : 'opened'
  return describeAlert(alert, kind, { plan, language: speaker.language }).title
}

/** What was replaced or expired never was over. */
function wasMended(alert: AlertRow): boolean {
  return storedDetails(alert)?.end?.how === 'over'
}

function alertTable(listed: readonly ListedAlert[], plan: AlertsPlan, all: boolean, cli: Cli): Table {
  const { speaker, clock } = cli
  const { say, figures } = speaker
  const until = (resolvedMs: number | null): TableCell =>
    resolvedMs === null
      ? { text: say(alertsTexts.stillOpen), style: 'bad' }
      : { text: figures.recent(resolvedMs, clock.now()) }
  return {
    columns: [
      { title: say(ledgerTexts.number), align: 'right' },
      { title: say(alertsTexts.since) },
      ...(all ? [{ title: say(alertsTexts.until) }] : []),
      { title: say(alertsTexts.alert), shrinksTo: 8, dropRank: 1 },
      { title: say(alertsTexts.what), shrinksTo: 24, wraps: true },
      { title: say(alertsTexts.told), shrinksTo: 10, wraps: true },
    ],
    rows: listed.map((one) => [
      { text: String(one.alert.id), style: 'quiet' },
      { text: figures.recent(one.alert.openedMs, clock.now()) },
      ...(all ? [until(one.alert.resolvedMs)] : []),
      { text: visibleText(one.alert.rule) },
      { text: visibleText(titleOf(one, plan, cli)) },
      toldCell(one, cli),
    ]),
  }
}

/** By which channels people know that it began. */
function toldCell({ deliveries }: ListedAlert, { speaker: { say } }: Cli): TableCell {
  const first = deliveries.filter(({ kind }) => kind === 'opened')
  if (first.length === 0) return { text: say(alertsTexts.nobody), style: 'quiet' }
  const words = first.map((delivery) => {
    const channel = visibleText(delivery.channel)
    if (delivery.deliveredMs !== null) return channel
    if (delivery.givenUpMs !== null) return say(alertsTexts.givenUp, { channel })
    return say(delivery.error === null ? alertsTexts.waiting : alertsTexts.undelivered, { channel })
  })
  const hasFailed = first.some(({ deliveredMs, error }) => deliveredMs === null && error !== null)
  return { text: words.join(', '), style: hasFailed ? 'bad' : undefined }
}

function showFailed({ out, speaker }: Cli, listed: readonly ListedAlert[]): void {
  const { say, figures } = speaker
  const failed = listed
    .flatMap(({ deliveries }) => deliveries)
    .filter(({ deliveredMs, error }) => deliveredMs === null && error !== null)
  if (failed.length === 0) return
  out.line(`\n${out.paint('heading', say(alertsTexts.failedTitle))}`)
  for (const { alertId, channel, dueMs, givenUpMs, error } of failed) {
    const details = { n: alertId, channel: visibleText(channel), error: visibleText(error ?? '') }
    const text =
      givenUpMs === null
        ? say(alertsTexts.triedAgain, { ...details, moment: figures.moment(dueMs) })
        : say(alertsTexts.over, details)
    out.line(wrapLine(out, '  ', text, 4))
  }
}

function showDeclared(cli: Cli, options: AlertsListOptions, { alerts, channels }: AlertsPlan): void {
  const { out, speaker } = cli
  if (alerts.length === 0) return
  const names = (all: readonly { readonly name: string }[]): string => all.map(({ name }) => name).join(', ')
  const command = commandHint(cli, options, ['alerts', 'test'])
  const details = { alerts: names(alerts), channels: names(channels), command }
  out.line(wrapLine(out, '', `\n${speaker.say(alertsTexts.declared, details)}`))
}

function alertDocument(one: ListedAlert, plan: AlertsPlan, cli: Cli): unknown {
  const { id, rule, subject, pipeline, openedMs, seenMs, resolvedMs } = one.alert
  return {
    alert: id,
    rule,
    pipeline,
    subject,
    title: titleOf(one, plan, cli),
    openedAt: isoMoment(openedMs),
    seenAt: isoMoment(seenMs),
    resolvedAt: isoMoment(resolvedMs),
    details: storedDetails(one.alert) ?? null,
    messages: one.deliveries.map((delivery) => ({
      event: delivery.kind,
      channel: delivery.channel,
      attempts: delivery.attempts,
      deliveredAt: isoMoment(delivery.deliveredMs),
      givenUpAt: isoMoment(delivery.givenUpMs),
      dueAt: delivery.deliveredMs === null && delivery.givenUpMs === null ? isoMoment(delivery.dueMs) : null,
      error: delivery.error,
    })),
  }
}
