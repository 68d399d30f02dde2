import type { WorkerRow } from '../../ledger/tables.ts'
import { isoMoment } from './iso-moment.ts'
import { integer, list, moment, named, nullable, object, oneOf, text, type TypeOf } from './schema.ts'

export const workerSchema = named(
  'Worker',
  object({
    id: text(),
    host: text(),
    pid: integer(),
    roles: list(text(), { description: 'dispatcher, worker, server' }),
    jobs: integer({ description: 'Items it works on side by side' }),
    cauceVersion: text(),
    state: oneOf(['working', 'stopping', 'ended', 'lost'], {
      description: 'lost: it stopped beating without a word',
    }),
    startedAt: moment(),
    lastBeatAt: moment(),
    endedAt: nullable(moment()),
  }),
)

export function workerDocument(worker: WorkerRow): TypeOf<typeof workerSchema> {
  const { id, host, pid, roles, jobs, cauceVersion, state, startedMs, beatMs, endedMs } = worker
  return {
    id,
    host,
    pid,
    roles: roles.split('+').filter((role) => role !== ''),
    jobs,
    cauceVersion,
    state,
    startedAt: isoMoment(startedMs),
    lastBeatAt: isoMoment(beatMs),
    endedAt: isoMoment(endedMs),
  }
}
