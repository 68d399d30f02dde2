import { CauceError } from '../../model/cauce-error.ts'
import { pausePipeline } from '../../ledger/pause-pipeline.ts'
import { requestCancel } from '../../ledger/request-cancel.ts'
import { requestFiring } from '../../ledger/request-firing.ts'
import { resumePipeline } from '../../ledger/resume-pipeline.ts'
import { retryItem } from '../../ledger/retry-item.ts'
import { setPriority } from '../../ledger/set-priority.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import { choosePipeline } from '../../ops/choose-pipelines.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { firingDocument, firingSchema } from './firing-document.ts'
import { itemDocument, itemSchema } from './item-document.ts'
import { itemParams, knownItem } from './item-endpoints.ts'
import { pausedDocument, pausedSchema } from './pipeline-document.ts'
import { pipelineParams } from './pipeline-endpoints.ts'
import { flag, integer, nullable, object, oneOf, options, text } from './schema.ts'

/** One line, for people to read in an item's history. */
const LINE = '^[^\\u0000-\\u001f\\u007f]+$'
const by = text({
  maxLength: 100,
  pattern: LINE,
  description: 'Who asks, for the history; `api` when not said',
})
const reason = text({ maxLength: 500, pattern: LINE, description: 'Why, for the history' })

const triggerRun = endpoint({
  method: 'POST',
  path: '/pipelines/{name}/runs',
  operation: 'triggerRun',
  summary: 'Asks for a run now, whatever the schedule',
  params: pipelineParams,
  headers: {
    'idempotency-key': text({
      maxLength: 200,
      pattern: LINE,
      description:
        'Asked again with the same key, it is the same firing: a reply that got lost may be asked for again',
    }),
  },
  body: options({
    by,
    rhythm: oneOf(['run', 'discover', 'dispatch'], {
      description:
        'run: all of it. discover: look at the source only. dispatch: let what was discovered be worked on',
    }),
  }),
  answer: {
    status: 202,
    schema: firingSchema,
    description: 'The firing; a dispatcher takes it within seconds',
  },
  errors: ['PIPELINE_UNKNOWN'],
  handle: async ({ ledger, project }, { params: { name }, headers, body, nowMs }) => {
    const { name: pipeline } = choosePipeline(project, name)
    const firing = await requestFiring(ledger, {
      pipeline,
      rhythm: body.rhythm ?? 'run',
      token: headers['idempotency-key'],
      by: named(body.by),
      nowMs,
    })
    return firingDocument(firing)
  },
})

const pausedAnswer = object({ pipeline: text(), paused: nullable(pausedSchema) })

const pause = endpoint({
  method: 'POST',
  path: '/pipelines/{name}/pause',
  operation: 'pausePipeline',
  summary: 'Lets nothing more of it begin; what is being worked on goes on',
  params: pipelineParams,
  body: options({ by, reason }),
  answer: { status: 200, schema: pausedAnswer, description: 'Paused since when; an earlier pause stands' },
  errors: ['PIPELINE_UNKNOWN'],
  handle: async ({ ledger, project }, { params: { name }, body, nowMs }) => {
    const { name: pipeline } = choosePipeline(project, name)
    const control = await pausePipeline(ledger, { pipeline, by: named(body.by), reason: body.reason, nowMs })
    return { pipeline, paused: pausedDocument(control) }
  },
})

const resume = endpoint({
  method: 'POST',
  path: '/pipelines/{name}/resume',
  operation: 'resumePipeline',
  summary: 'Lets a paused pipeline go on',
  params: pipelineParams,
  body: options({}),
  answer: {
    status: 200,
    schema: object({ pipeline: text(), wasPaused: flag() }),
    description: 'It goes on, also if it was not paused',
  },
  errors: ['PIPELINE_UNKNOWN'],
  handle: async ({ ledger, project }, { params: { name } }) => {
    const { name: pipeline } = choosePipeline(project, name)
    return { pipeline, wasPaused: await resumePipeline(ledger, { pipeline }) }
  },
})

const cancel = endpoint({
  method: 'POST',
  path: '/items/{id}/cancel',
  operation: 'cancelItem',
  summary: 'Cancels an item that waits or is being worked on',
  params: itemParams,
  body: options({ by }),
  answer: {
    status: 202,
    schema: itemSchema,
    description:
      'cancelled if nobody had begun it; else it has cancelAskedAt, and its worker rolls it back within seconds',
  },
  errors: ['ITEM_UNKNOWN', 'ITEM_STATE'],
  handle: async ({ ledger }, { params: { id }, body, words, nowMs }) => {
    const item = await knownItem(ledger, id)
    const asked = await requestCancel(ledger, { id, by: named(body.by), nowMs })
    if (asked === undefined) throw notIn(item, CANCELLABLE)
    return itemDocument(asked, words)
  },
})

const retry = endpoint({
  method: 'POST',
  path: '/items/{id}/retry',
  operation: 'retryItem',
  summary: 'Sends an item that failed, was refused or cancelled back to be done',
  params: itemParams,
  body: options({ by, reason }),
  answer: { status: 200, schema: itemSchema, description: 'pending, with a new round of tries' },
  errors: ['ITEM_UNKNOWN', 'ITEM_STATE'],
  handle: async ({ ledger }, { params: { id }, body, words, nowMs }) => {
    const item = await knownItem(ledger, id)
    const request = { id, by: named(body.by), reason: body.reason ?? 'retry', nowMs }
    const sent = await retryItem(ledger, request)
    if (sent === undefined) throw notIn(item, RETRYABLE)
    return itemDocument(sent, words)
  },
})

const priority = endpoint({
  method: 'POST',
  path: '/items/{id}/priority',
  operation: 'setItemPriority',
  summary: 'Says how urgent an item is; greater numbers are taken first',
  params: itemParams,
  body: object({ priority: integer({ minimum: -1000, maximum: 1000 }) }),
  answer: { status: 200, schema: itemSchema, description: 'The item' },
  errors: ['ITEM_UNKNOWN'],
  handle: async ({ ledger }, { params: { id }, body, words }) => {
    await knownItem(ledger, id)
    const item = await setPriority(ledger, { id, priority: body.priority })
    return itemDocument(item ?? (await knownItem(ledger, id)), words)
  },
})

export const controlEndpoints: readonly Endpoint[] = [triggerRun, pause, resume, cancel, retry, priority]

const CANCELLABLE = {
  en: 'only what is pending or being worked on can be cancelled',
  es: 'solo se puede cancelar lo pendiente o en curso',
}
const RETRYABLE = {
  en: 'only what failed, was refused or cancelled can be retried',
  es: 'solo se puede reintentar lo fallido, rechazado o cancelado',
}

function notIn({ id, state }: ItemRow, { en, es }: { readonly en: string; readonly es: string }): CauceError {
  return new CauceError('ITEM_STATE', { item: id, state, detail: en, detalle: es })
}

/** How the history names whoever asked here. */
function named(who: string | undefined): string {
  return who === undefined ? 'api' : `${who} (api)`
}
