import { CauceError } from '../../model/cauce-error.ts'
import { findRun } from '../../ledger/find-run.ts'
import { listRuns } from '../../ledger/list-runs.ts'
import { rejectSummary } from '../../ledger/reject-summary.ts'
import { ruleText } from '../../model/rule-texts.ts'
import { defined } from './defined.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { pageOf, textPageFields } from './page.ts'
import { RUN_STATES, runDocument, runSchema } from './run-document.ts'
import { integer, list, named, nullable, object, oneOf, text } from './schema.ts'

const ruleSchema = object({
  code: text(),
  level: oneOf(['error', 'warning']),
  rows: integer(),
  items: integer({ description: 'In how many items' }),
  text: text(),
})

export const runEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/runs',
    operation: 'listRuns',
    summary: 'Runs, the newest first',
    query: { pipeline: text({ maxLength: 200 }), state: list(oneOf(RUN_STATES)), ...textPageFields },
    answer: {
      status: 200,
      schema: object({ runs: list(runSchema), next: nullable(text()) }),
      description: 'A page of runs',
    },
    handle: async ({ ledger }, { query: { pipeline, state, before, limit } }) => {
      const { rows, next } = await pageOf(limit, async (most) =>
        listRuns(ledger, { ...defined({ pipeline, states: state, beforeId: before }), limit: most }),
      )
      return { runs: rows.map(runDocument), next }
    },
  }),
  endpoint({
    method: 'GET',
    path: '/runs/{id}',
    operation: 'getRun',
    summary: 'A run, with the rules its items broke',
    params: { id: text({ maxLength: 100 }) },
    answer: {
      status: 200,
      schema: object({ run: runSchema, rules: list(named('BrokenRule', ruleSchema)) }),
      description: 'The run',
    },
    errors: ['RUN_UNKNOWN'],
    handle: async ({ ledger }, { params: { id }, language }) => {
      const run = await findRun(ledger, id)
      if (run === undefined) throw new CauceError('RUN_UNKNOWN', { run: id })
      const rules = await rejectSummary(ledger, { runId: id })
      return {
        run: runDocument(run),
        rules: rules.map(({ code, level, rows, items }) => ({
          code,
          level,
          rows,
          items,
          text: ruleText(code)[language],
        })),
      }
    },
  }),
]
