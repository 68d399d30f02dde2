import type { RunState } from '../../model/item-state.ts'
import type { RunRow } from '../../ledger/tables.ts'
import { countsDocument, rowFields } from './counts-document.ts'
import { isoMoment } from './iso-moment.ts'
import { integer, moment, named, nullable, object, oneOf, text, type TypeOf } from './schema.ts'

export const RUN_STATES = [
  'running',
  'done',
  'done_with_rejects',
  'failed',
  'interrupted',
] as const satisfies readonly RunState[]

export const runSchema = named(
  'Run',
  object({
    run: text({ description: 'Its id; later ones sort after earlier ones' }),
    pipeline: text(),
    state: oneOf(RUN_STATES),
    mode: oneOf(['attached', 'dispatched'], {
      description: 'attached: it ends with the process that began it; dispatched: any dispatcher closes it',
    }),
    cause: oneOf(['schedule', 'missed', 'manual', 'after']),
    referenceDate: nullable(text({ description: 'yyyy-MM-dd' })),
    startedAt: moment(),
    finishedAt: nullable(moment()),
    host: text(),
    pid: integer(),
    totals: object(
      { items: integer(), ...rowFields },
      { description: 'Over its items; zeros until it is closed' },
    ),
  }),
)

export function runDocument(run: RunRow): TypeOf<typeof runSchema> {
  const { id, pipeline, state, mode, cause, referenceDate, startedMs, finishedMs, host, pid, items } = run
  return {
    run: id,
    pipeline,
    state,
    mode,
    cause,
    referenceDate,
    startedAt: isoMoment(startedMs),
    finishedAt: isoMoment(finishedMs),
    host,
    pid,
    totals: { items, ...countsDocument(run) },
  }
}
