import { ERROR_CODES } from '../../model/error-codes.ts'
import { ruleText } from '../../model/rule-texts.ts'
import type { Language } from '../../model/language.ts'
import { type DayReport, isFinal, waitingReason } from './day-report.ts'

/** A day's report as JSON: moments in ISO form, UTC; durations in ms; states in the words of the ledger, `label` in the pipeline's. */
export function dayDocument(report: DayReport, language: Language) {
  const { figures, closedMs, archive, lost, states } = report
  const { files, rules, slowest, runs, waiting } = figures
  const labelled = <Item extends { readonly state: string }>(item: Item) => ({
    ...item,
    label: states[item.state as keyof typeof states] ?? item.state,
  })
  return {
    pipeline: figures.pipeline,
    day: figures.day,
    timezone: figures.timezone,
    from: isoMoment(figures.fromMs),
    until: isoMoment(figures.untilMs),
    takenAt: isoMoment(figures.takenMs),
    closedAt: closedMs === null ? null : isoMoment(closedMs),
    final: isFinal(report),
    files: { ...files, labels: labelsOf(report) },
    rows: figures.rows,
    loadedBytes: figures.loadedBytes,
    replays: figures.replays,
    rules: rules.map((rule) => ({ ...rule, text: ruleText(rule.code)[language] })),
    slowest: slowest.map(labelled),
    retries: figures.retries,
    runs: {
      total: runs.total,
      byState: runs.byState,
      listed: runs.listed.map(({ startedMs, finishedMs, ...run }) => ({
        ...run,
        startedAt: isoMoment(startedMs),
        finishedAt: finishedMs === null ? null : isoMoment(finishedMs),
      })),
    },
    waiting: {
      total: waiting.total,
      byState: waiting.byState,
      listed: waiting.listed.map((item) => {
        const { errorCode, errorDetails, sinceMs, ...rest } = item
        const text = waitingReason(item, language)
        const error =
          errorCode === null || text === undefined
            ? null
            : { code: errorCode, class: ERROR_CODES[errorCode].class, details: errorDetails, text }
        return { ...labelled(rest), since: isoMoment(sinceMs), error }
      }),
    },
    open: figures.open,
    archive:
      archive === undefined
        ? null
        : { ...archive, sizeBytes: archive.sizeBytes ?? null, files: archive.files ?? null },
    lost,
  }
}

function labelsOf({ figures, states }: DayReport): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(figures.files.byState).map((state) => [state, states[state as keyof typeof states] ?? state]),
  )
}

function isoMoment(ms: number): string {
  return new Date(ms).toISOString()
}
