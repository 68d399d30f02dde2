import type { AlertMessage } from './compose-message.ts'

/** The JSON of `webhook`: every delivery, with all that is known of it. Its shape is public (docs/alerts.md). */
export function webhookBody({ id, subject, entries }: AlertMessage, sentMs: number): unknown {
  return {
    version: 1,
    id,
    sentAt: isoOf(sentMs),
    subject,
    alerts: entries.map((entry) => ({
      alert: entry.alertId,
      event: entry.kind,
      rule: entry.rule,
      pipeline: entry.pipeline,
      title: entry.title,
      openedAt: isoOf(entry.openedMs),
      resolvedAt: entry.resolvedMs === null ? null : isoOf(entry.resolvedMs),
      details: entry.details ?? null,
      facts: entry.facts,
      advice: entry.advice ?? null,
      commands: entry.commands,
      ...(entry.rows.length > 0 && { rows: entry.rows }),
    })),
  }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
