import type { FiringRow } from '../../ledger/tables.ts'
import { isoMoment } from './iso-moment.ts'
import { anyObject, integer, moment, named, nullable, object, oneOf, text, type TypeOf } from './schema.ts'

export const FIRING_STATES = [
  'waiting',
  'started',
  'done',
  'failed',
  'skipped',
] as const satisfies readonly FiringRow['state'][]

export const firingSchema = named(
  'Firing',
  object({
    id: integer(),
    pipeline: text(),
    rhythm: oneOf(['run', 'discover', 'dispatch']),
    cause: oneOf(['schedule', 'missed', 'manual', 'after']),
    state: oneOf(FIRING_STATES),
    requestedBy: text(),
    options: anyObject(),
    reason: nullable(text({ description: 'Why it was skipped, failed, or stands for others' })),
    run: nullable(text({ description: 'The run it began' })),
    dueAt: moment(),
    createdAt: moment(),
    startedAt: nullable(moment()),
    finishedAt: nullable(moment()),
  }),
)

export function firingDocument(firing: FiringRow): TypeOf<typeof firingSchema> {
  const { id, pipeline, rhythm, cause, state, requestedBy, options, reason, runId } = firing
  return {
    id,
    pipeline,
    rhythm,
    cause,
    state,
    requestedBy,
    options: JSON.parse(options) as Readonly<Record<string, unknown>>,
    reason,
    run: runId,
    dueAt: isoMoment(firing.dueMs),
    createdAt: isoMoment(firing.createdMs),
    startedAt: isoMoment(firing.startedMs),
    finishedAt: isoMoment(firing.finishedMs),
  }
}
