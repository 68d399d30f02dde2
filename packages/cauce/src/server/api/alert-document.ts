import type { AlertRow } from '../../ledger/tables.ts'
import { isoMoment } from './iso-moment.ts'
import { anyObject, integer, moment, named, nullable, object, text, type TypeOf } from './schema.ts'

export const alertSchema = named(
  'Alert',
  object({
    id: integer(),
    rule: text(),
    subject: text(),
    pipeline: nullable(text()),
    details: anyObject({ description: 'Numbers and names; never rows' }),
    openedAt: moment(),
    seenAt: moment({ description: 'When it was last found to be true' }),
    resolvedAt: nullable(moment()),
  }),
)

export function alertDocument(alert: AlertRow): TypeOf<typeof alertSchema> {
  const { id, rule, subject, pipeline, details, openedMs, seenMs, resolvedMs } = alert
  return {
    id,
    rule,
    subject,
    pipeline,
    details: JSON.parse(details) as Readonly<Record<string, unknown>>,
    openedAt: isoMoment(openedMs),
    seenAt: isoMoment(seenMs),
    resolvedAt: isoMoment(resolvedMs),
  }
}
