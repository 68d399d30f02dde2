import type { Plan, ReportField } from '../model/plan.ts'
import type { LoadRecord, ReplacedReport, TableShape } from '../connectors/destination.ts'
import { lastPart } from './item-facts.ts'

/** What tells a report's row, as far as a load's guard knows it. */
const KNOWN: Readonly<Partial<Record<ReportField, (load: LoadRecord) => string>>> = {
  item: ({ item }) => item,
  file: ({ item }) => lastPart(item),
  sha256: ({ sha256 }) => sha256,
  load_key: ({ loadKey }) => loadKey,
}

/**
 * How the load report is told that versions gave way to another: their rows then say so in place of `ready`, and whoever sums the
 * report up sums what is in the tables. Undefined: the report tells no states, or its rows cannot be told apart.
 */
export function replacedReport({ report, states }: Plan, table: TableShape): ReplacedReport | undefined {
  const columns = Object.entries(report?.columns ?? {})
  const stateColumns = columns.filter(([, field]) => field === 'state').map(([name]) => name)
  const told = columns.flatMap(([name, field]) => {
    const known = typeof field === 'string' ? KNOWN[field] : undefined
    return known === undefined ? [] : [{ name, field, known }]
  })
  const fields = told.map(({ field }) => field)
  const isTold = fields.includes('load_key') || (fields.includes('sha256') && fields.length > 1)
  if (stateColumns.length === 0 || !isTold) return undefined
  return {
    table,
    // Replays are told by their names alone, which nothing else has: their guards hold another hash than that of their bytes.
    rowOf: (load) =>
      Object.fromEntries(
        told
          .filter(({ field }) => field !== 'sha256' || load.originLoad === undefined)
          .map(({ name, known }) => [name, known(load)]),
      ),
    set: Object.fromEntries(stateColumns.map((name) => [name, states.superseded ?? 'superseded'])),
  }
}
