import { listRuns } from '../../ledger/list-runs.ts'
import { listSchedules } from '../../ledger/list-schedules.ts'
import { listControls } from '../../ledger/list-controls.ts'
import { choosePipeline } from '../../ops/choose-pipelines.ts'
import { type ApiContext, type Endpoint, endpoint } from './endpoint.ts'
import { isoMoment } from './iso-moment.ts'
import {
  pipelineDetailDocument,
  pipelineDetailSchema,
  pipelineDocument,
  type PipelineFacts,
  pipelineSchema,
} from './pipeline-document.ts'
import { integer, list, moment, object, text } from './schema.ts'

export const pipelineParams = { name: text({ maxLength: 200 }) }

export const pipelineEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/status',
    operation: 'getStatus',
    summary: 'How everything stands',
    answer: {
      status: 200,
      schema: object({
        version: text({ description: 'Of the Cauce that answers' }),
        now: moment(),
        pipelines: list(pipelineSchema),
        open: integer({ description: 'Items to be done or in work' }),
        waitingForPeople: integer({ description: 'Items that failed or were refused' }),
      }),
      description: 'Every pipeline, and what needs somebody',
    },
    handle: async (context, { nowMs }) => {
      const pipelines = (await allPipelines(context)).map(pipelineDocument)
      const count = (...states: readonly string[]): number =>
        pipelines.reduce((sum, { items }) => states.reduce((all, state) => all + (items[state] ?? 0), sum), 0)
      return {
        version: context.version,
        now: isoMoment(nowMs),
        pipelines,
        open: count('pending', 'extracting', 'transforming', 'loading'),
        waitingForPeople: count('failed_layout', 'failed_system', 'refused'),
      }
    },
  }),
  endpoint({
    method: 'GET',
    path: '/pipelines',
    operation: 'listPipelines',
    summary: 'Pipelines of the project and of the ledger',
    answer: {
      status: 200,
      schema: object({ pipelines: list(pipelineSchema) }),
      description: 'Those declared in their order, then those only the ledger knows',
    },
    handle: async (context) => ({ pipelines: (await allPipelines(context)).map(pipelineDocument) }),
  }),
  endpoint({
    method: 'GET',
    path: '/pipelines/{name}',
    operation: 'getPipeline',
    summary: 'A pipeline with its contract, tables and limits',
    params: pipelineParams,
    answer: { status: 200, schema: pipelineDetailSchema, description: 'The pipeline' },
    errors: ['PIPELINE_UNKNOWN'],
    handle: async (context, { params: { name }, language }) => {
      const { plan, file } = choosePipeline(context.project, name)
      const facts = (await allPipelines(context)).find((pipeline) => pipeline.name === name)
      if (facts === undefined) throw new TypeError('a declared pipeline is among all')
      return pipelineDetailDocument({ ...facts, plan, file }, language)
    },
  }),
]

async function allPipelines({ ledger, project, totals }: ApiContext): Promise<readonly PipelineFacts[]> {
  const sums = await totals.read()
  const schedules = await listSchedules(ledger)
  const controls = await listControls(ledger)
  const declared = project.pipelines.map(({ name }) => name)
  const others = sums.map(({ pipeline }) => pipeline).filter((name) => !declared.includes(name))
  const facts: PipelineFacts[] = []
  for (const name of [...declared, ...others]) {
    const [lastRun] = await listRuns(ledger, { pipeline: name, limit: 1 })
    facts.push({
      name,
      plan: project.pipelines.find((pipeline) => pipeline.name === name)?.plan,
      totals: sums.find(({ pipeline }) => pipeline === name),
      schedules: schedules.filter(({ pipeline }) => pipeline === name),
      control: controls.find(({ pipeline }) => pipeline === name),
      lastRun,
    })
  }
  return facts
}
