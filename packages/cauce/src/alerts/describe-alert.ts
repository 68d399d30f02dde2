import { CauceError } from '../model/cauce-error.ts'
import { ERROR_CODES } from '../model/error-codes.ts'
import { type Figures, figuresIn } from '../model/figures.ts'
import type { ItemState } from '../model/item-state.ts'
import { fillText, type Language, type Text } from '../model/language.ts'
import type { AlertsPlan } from '../plan/alerts/alert-plan.ts'
import type { AlertRow } from '../ledger/tables.ts'
import { type AlertDetails, type StoredDetails, storedDetails, type StoredReason } from './alert-details.ts'
import {
  adviceTexts,
  endedTitles,
  factLabels,
  failedAdvice,
  failedTitles,
  messageTexts,
  openedTitles,
  resolvedTitles,
} from './alert-texts.ts'
import { shownText } from './shown-text.ts'

/** An alert for people: plain text, safe to be shown on a line anywhere once it is escaped for that place. */
export interface AlertDescription {
  readonly title: string
  readonly facts: readonly Fact[]
  readonly advice: string | undefined
  /** To be typed as they stand: they hold no names of files. */
  readonly commands: readonly string[]
}

interface Fact {
  readonly label: string
  readonly value: string
}

const NAME_LENGTH = 120
const TEXT_LENGTH = 500

/** Says what an alert is about, in a language: that it began, or that it is over. */
export function describeAlert(
  alert: AlertRow,
  kind: 'opened' | 'resolved',
  { plan, language }: { readonly plan: AlertsPlan; readonly language: Language },
): AlertDescription {
  const details = storedDetails(alert)
  const words = alert.pipeline === null ? undefined : plan.pipelines[alert.pipeline]
  const speech = new Speech(language, words?.timezone ?? 'UTC', words?.states ?? {})
  const before = alert.pipeline === null ? '' : `${shownText(alert.pipeline, NAME_LENGTH)}: `
  if (details === undefined)
    return { title: before + speech.say(messageTexts.unknown), facts: [], advice: undefined, commands: [] }
  const title = before + speech.say(titleOf(details, kind), speech.marks(details))
  const facts = [
    ...speech.facts(details),
    speech.fact(factLabels.since, speech.moment(alert.openedMs)),
    ...(alert.resolvedMs === null ? [] : [speech.fact(factLabels.until, speech.moment(alert.resolvedMs))]),
    speech.fact(factLabels.rule, alert.rule),
  ]
  if (kind === 'resolved') return { title, facts, advice: undefined, commands: [] }
  return {
    title,
    facts,
    advice: speech.say(adviceOf(details)),
    commands: commandsOf(details, alert.pipeline),
  }
}

function titleOf(details: StoredDetails, kind: 'opened' | 'resolved'): Text {
  const isItem = details.kind === 'item_failed' || details.kind === 'quarantined'
  if (kind === 'opened') {
    if (details.kind !== 'item_failed') return openedTitles[details.kind]
    return failedTitles[details.state] ?? openedTitles.quarantined
  }
  if (!isItem) return resolvedTitles[details.kind]
  const state = details.end?.state
  return (state === undefined ? undefined : endedTitles[state]) ?? messageTexts.gone
}

function adviceOf(details: AlertDetails): Text {
  if (details.kind !== 'item_failed') return adviceTexts[details.kind]
  return failedAdvice[details.state] ?? adviceTexts.quarantined
}

/** Items by their numbers: a name may hold anything. Names of pipelines are letters, digits, _ and -. */
function commandsOf(details: AlertDetails, pipeline: string | null): readonly string[] {
  const runs = pipeline === null ? [] : [`cauce runs --pipeline ${pipeline}`]
  switch (details.kind) {
    case 'item_failed':
      return [
        `cauce items show ${details.itemId}`,
        ...(details.state === 'refused' || pipeline === null
          ? []
          : [`cauce retry ${pipeline} ${details.itemId}`]),
      ]
    case 'quarantined':
      return [
        `cauce quarantine show ${details.itemId}`,
        `cauce quarantine release ${details.itemId}`,
        `cauce quarantine discard ${details.itemId}`,
      ]
    case 'run_failed':
      return [...runs, ...(pipeline === null ? [] : [`cauce run ${pipeline}`])]
    case 'rejects_of_file':
      return [`cauce rejects show ${details.itemId}`, `cauce rejects export ${details.itemId}`]
    case 'rejects_of_day':
      return pipeline === null ? [] : [`cauce rejects list --pipeline ${pipeline}`]
    case 'late_start':
    case 'not_finished':
      return ['cauce status', ...runs]
    case 'no_files':
      return runs
    case 'disk_short':
      return []
  }
}

class Speech {
  readonly #language: Language
  readonly #figures: Figures
  readonly #timezone: string
  readonly #states: Readonly<Partial<Record<ItemState, string>>>

  constructor(language: Language, timezone: string, states: Readonly<Partial<Record<ItemState, string>>>) {
    this.#language = language
    this.#figures = figuresIn(language)
    this.#timezone = timezone
    this.#states = states
  }

  say(text: Text, marks: Readonly<Record<string, string>> = {}): string {
    return fillText(text[this.#language], marks)
  }

  fact(label: Text, value: string): Fact {
    return { label: this.say(label), value: shownText(value, TEXT_LENGTH) }
  }

  moment(ms: number, timezone = this.#timezone): string {
    return `${this.#figures.momentIn(ms, timezone)} (${timezone})`
  }

  /** What a title may name. */
  marks(details: AlertDetails): Readonly<Record<string, string>> {
    return {
      ...('key' in details && { file: shownText(details.key, NAME_LENGTH) }),
      ...('day' in details && { day: details.day }),
      ...('at' in details && { at: `${details.at} (${details.timezone})` }),
      ...('read' in details && { percent: this.#figures.percent(details.rejected / details.read) }),
      ...(details.kind === 'disk_short' && {
        host: shownText(details.host, NAME_LENGTH),
        free: this.#figures.bytes(details.freeBytes),
      }),
    }
  }

  facts(details: AlertDetails): readonly Fact[] {
    const { count, bytes } = this.#figures
    switch (details.kind) {
      case 'item_failed':
      case 'quarantined':
        return [
          this.fact(factLabels.file, details.key),
          this.fact(factLabels.state, this.#states[details.state] ?? details.state),
          this.fact(factLabels.attempts, count(details.attempts)),
          ...this.#error(details),
        ]
      case 'run_failed':
        return [
          ...(details.runId === null ? [] : [this.fact(factLabels.run, details.runId)]),
          ...(details.reason === null ? [] : [this.fact(factLabels.reason, details.reason)]),
          ...this.#error(details),
        ]
      case 'rejects_of_file':
      case 'rejects_of_day':
        return [
          ...('key' in details
            ? [this.fact(factLabels.file, details.key)]
            : [this.fact(factLabels.files, count(details.files))]),
          this.fact(factLabels.rows, count(details.read)),
          this.fact(factLabels.rejected, count(details.rejected)),
          this.fact(factLabels.allowed, `${details.overPercent} %`),
        ]
      case 'late_start':
      case 'not_finished':
        return [
          ...(details.runId === null ? [] : [this.fact(factLabels.run, details.runId)]),
          ...(details.runningSinceMs === null
            ? []
            : [this.fact(factLabels.runningSince, this.moment(details.runningSinceMs, details.timezone))]),
        ]
      case 'no_files': {
        const { sinceMs, untilMs, timezone } = details
        const [from, to] = [this.#figures.momentIn(sinceMs, timezone), this.moment(untilMs, timezone)]
        return [
          ...(details.runId === null ? [] : [this.fact(factLabels.run, details.runId)]),
          this.fact(factLabels.between, `${from} – ${to}`),
        ]
      }
      case 'disk_short':
        return [
          this.fact(factLabels.path, details.path),
          this.fact(factLabels.free, bytes(details.freeBytes)),
          this.fact(factLabels.least, bytes(details.leastBytes)),
        ]
    }
  }

  /** An error of a newer Cauce says its code. */
  #error({ errorCode, errorDetails }: StoredReason): readonly Fact[] {
    if (errorCode === null) return []
    const text = Object.hasOwn(ERROR_CODES, errorCode)
      ? new CauceError(errorCode, errorDetails).textIn(this.#language)
      : errorCode
    return [this.fact(factLabels.error, text)]
  }
}
