import { createHash } from 'node:crypto'
import { fillText, type Language } from '../model/language.ts'
import type { Delivery } from '../ledger/alert-deliveries.ts'
import type { AlertPlan, AlertsPlan } from '../plan/alerts/alert-plan.ts'
import { type StoredDetails, storedDetails } from './alert-details.ts'
import { factLabels, messageTexts } from './alert-texts.ts'
import { type AlertDescription, describeAlert } from './describe-alert.ts'
import { shownText } from './shown-text.ts'

/** One alert in a message. */
export interface MessageEntry extends AlertDescription {
  readonly alertId: number
  readonly kind: 'opened' | 'resolved'
  readonly rule: string
  readonly pipeline: string | null
  readonly openedMs: number
  readonly resolvedMs: number | null
  readonly details: StoredDetails | undefined
  /** Rejected rows as they stand in the file, one a line; only where they were asked for. */
  readonly rows: readonly string[]
}

/** What a channel sends, before it takes the form of the channel. */
export interface AlertMessage {
  /** The same whenever the same deliveries are sent again: whoever receives it twice can tell. */
  readonly id: string
  readonly language: Language
  readonly subject: string
  /** Every delivery, for machines. */
  readonly entries: readonly MessageEntry[]
  /** For people: what began first, what is over by now once, and not more than can be read. */
  readonly shown: readonly MessageEntry[]
  /** That there are more than are shown; undefined: there are none. */
  readonly more: string | undefined
  readonly footer: string
}

/** A rejected row, for people. */
export interface ShownRow {
  readonly line: number
  readonly raw: string
}

/** Reads the first rejected rows of a file; empty where they are not to be had. */
export type RowsOf = (request: {
  readonly itemId: number
  readonly limit: number
}) => Promise<readonly ShownRow[]>

export interface ComposeRequest {
  readonly plan: AlertsPlan
  readonly language: Language
  readonly host: string
  readonly rowsOf: RowsOf | undefined
}

const SUBJECT_LENGTH = 150
const MOST_SHOWN = 20
const ROW_LENGTH = 300

/** Puts deliveries of one channel into one message. */
export async function composeMessage(
  deliveries: readonly Delivery[],
  request: ComposeRequest,
): Promise<AlertMessage> {
  const { plan, language } = request
  const entries: MessageEntry[] = []
  for (const { alert, kind } of deliveries) {
    const { id: alertId, rule, pipeline, openedMs, resolvedMs } = alert
    const rows = kind === 'opened' ? await shownRows(alert, request) : []
    const description = describeAlert(alert, kind, { plan, language })
    const details = storedDetails(alert)
    entries.push({ alertId, kind, rule, pipeline, openedMs, resolvedMs, details, ...description, rows })
  }
  const ids = deliveries.map(({ id, alert }) => `${id}:${alert.openedMs}`)
  return message(entries, { ...request, id: hashOf(ids) })
}

/** A message that says nothing but that it arrived. */
export function testMessage(
  channel: string,
  { nowMs, ...request }: Omit<ComposeRequest, 'plan' | 'rowsOf'> & { readonly nowMs: number },
): AlertMessage {
  const { language } = request
  const entry: MessageEntry = {
    alertId: 0,
    kind: 'opened',
    rule: 'test',
    pipeline: null,
    openedMs: nowMs,
    resolvedMs: null,
    details: undefined,
    title: fillText(messageTexts.testTitle[language], { channel }),
    facts: [],
    advice: messageTexts.testAdvice[language],
    commands: [],
    rows: [],
  }
  return message([entry], { ...request, id: hashOf([channel, String(nowMs)]) })
}

function message(
  entries: readonly MessageEntry[],
  { id, language, host }: Pick<ComposeRequest, 'language' | 'host'> & { readonly id: string },
): AlertMessage {
  const forPeople = entriesForPeople(entries)
  const shown = forPeople.slice(0, MOST_SHOWN)
  const left = forPeople.length - shown.length
  return {
    id,
    language,
    subject: shownText(`[Cauce] ${subjectOf(forPeople, language)}`, SUBJECT_LENGTH),
    entries,
    shown,
    more: left === 0 ? undefined : fillText(messageTexts.moreEntries[language], { n: left }),
    footer: fillText(messageTexts.footer[language], { host: shownText(host, SUBJECT_LENGTH) }),
  }
}

function entriesForPeople(entries: readonly MessageEntry[]): readonly MessageEntry[] {
  const over = new Set(entries.flatMap(({ kind, alertId }) => (kind === 'resolved' ? [alertId] : [])))
  const opened = entries.filter(({ kind, alertId }) => kind === 'opened' && !over.has(alertId))
  return [...opened, ...entries.filter(({ kind }) => kind === 'resolved')]
}

/** The title of an entry, which says when it is over. */
export function entryTitle({ kind, title }: MessageEntry, language: Language): string {
  return kind === 'resolved' ? `${messageTexts.resolved[language]}: ${title}` : title
}

function subjectOf(entries: readonly MessageEntry[], language: Language): string {
  const [first] = entries
  const said = first === undefined ? '' : entryTitle(first, language)
  if (entries.length <= 1) return said
  return fillText(messageTexts.subjectMany[language], { n: entries.length, first: said })
}

async function shownRows(
  alert: Delivery['alert'],
  { plan, language, rowsOf }: ComposeRequest,
): Promise<readonly string[]> {
  const limit = rowsWanted(plan.alerts, alert.rule)
  const details = storedDetails(alert)
  if (limit === 0 || rowsOf === undefined || details?.kind !== 'rejects_of_file') return []
  const rows = await rowsOf({ itemId: details.itemId, limit })
  return rows
    .slice(0, limit)
    .map(({ line, raw }) => `${fillText(factLabels.row[language], { line })}: ${shownText(raw, ROW_LENGTH)}`)
}

function rowsWanted(alerts: readonly AlertPlan[], rule: string): number {
  return alerts.find(({ name }) => name === rule)?.includeRows ?? 0
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)
}
