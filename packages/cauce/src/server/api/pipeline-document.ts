import type { Plan, Rhythm, SchedulePlan } from '../../model/plan.ts'
import type { Language } from '../../model/language.ts'
import { ruleText, testText } from '../../model/rule-texts.ts'
import type { PipelineControlRow, RunRow, ScheduleRow } from '../../ledger/tables.ts'
import type { PipelineTotals } from '../ledger-totals.ts'
import { rowsSchema } from './counts-document.ts'
import { isoMoment } from './iso-moment.ts'
import { runDocument, runSchema } from './run-document.ts'
import {
  anyObject,
  flag,
  integer,
  list,
  moment,
  named,
  nullable,
  object,
  oneOf,
  tally,
  text,
  type TypeOf,
} from './schema.ts'

export const pausedSchema = object({
  at: moment(),
  by: nullable(text()),
  reason: nullable(text()),
})

const scheduleSchema = named(
  'Schedule',
  object({
    rhythm: oneOf(['run', 'discover', 'dispatch'], { description: 'What happens: all of it, or one half' }),
    spec: anyObject({ description: 'As it was declared: kind is cron, every, after or manual' }),
    nextAt: nullable(moment()),
    lastAt: nullable(moment()),
  }),
)

const pipelineFields = {
  pipeline: text(),
  isDeclared: flag({ description: 'False: the ledger knows it, and the project of this server does not' }),
  tags: list(text()),
  planHash: nullable(text()),
  schedules: list(scheduleSchema),
  paused: nullable(pausedSchema),
  items: tally({ description: 'How many items are in each state; a state without items is absent' }),
  rows: rowsSchema,
  lastRun: nullable(runSchema),
}

export const pipelineSchema = named('Pipeline', object(pipelineFields))

export const pipelineDetailSchema = named(
  'PipelineDetail',
  object({
    ...pipelineFields,
    file: text({ description: 'Where it is declared, relative to the project' }),
    contract: text(),
    columns: list(object({ name: text(), type: text() })),
    rules: list(
      object({
        code: text(),
        level: oneOf(['error', 'warning']),
        column: nullable(text()),
        text: text({ description: 'What breaking it means' }),
        test: text({ description: 'What it asks for' }),
      }),
    ),
    tables: list(object({ name: text(), mode: oneOf(['append', 'replace', 'upsert']), key: list(text()) })),
    limits: object({
      sourceConnections: nullable(integer()),
      destinationConnections: nullable(integer()),
      items: nullable(integer()),
      memoryMb: integer(),
      itemTimeoutSeconds: integer(),
    }),
  }),
)

/** What is known of a pipeline beside its declaration. */
export interface PipelineFacts {
  readonly name: string
  readonly plan: Plan | undefined
  readonly totals: PipelineTotals | undefined
  readonly schedules: readonly ScheduleRow[]
  readonly control: PipelineControlRow | undefined
  readonly lastRun: RunRow | undefined
}

export function pipelineDocument(facts: PipelineFacts): TypeOf<typeof pipelineSchema> {
  const { name, plan, totals, control, lastRun } = facts
  return {
    pipeline: name,
    isDeclared: plan !== undefined,
    tags: plan?.tags ?? [],
    planHash: plan?.hash ?? null,
    schedules: scheduleDocuments(facts),
    paused: pausedDocument(control),
    items: totals?.items ?? {},
    rows: totals?.rows ?? { read: 0, loaded: 0, rejected: 0, skipped: 0, warnings: 0 },
    lastRun: lastRun === undefined ? null : runDocument(lastRun),
  }
}

export function pipelineDetailDocument(
  facts: PipelineFacts & { readonly plan: Plan; readonly file: string },
  language: Language,
): TypeOf<typeof pipelineDetailSchema> {
  const { plan, file } = facts
  const { limits, contract } = plan
  return {
    ...pipelineDocument(facts),
    file,
    contract: contract.name,
    columns: contract.columns.map(({ name, type }) => ({ name, type: type.kind })),
    rules: contract.rules.map((rule) => ({
      code: rule.code,
      level: rule.level,
      column: rule.column ?? null,
      text: ruleText(rule.code)[language],
      test: testText(rule)[language],
    })),
    tables: plan.tables.map(({ name, mode, key }) => ({ name, mode, key })),
    limits: {
      sourceConnections: limits.sourceConnections ?? null,
      destinationConnections: limits.destinationConnections ?? null,
      items: limits.items ?? null,
      memoryMb: limits.memoryMb,
      itemTimeoutSeconds: limits.itemTimeoutSeconds,
    },
  }
}

export function pausedDocument(control: PipelineControlRow | undefined): TypeOf<typeof pausedSchema> | null {
  return control === undefined || control.pausedMs === null
    ? null
    : { at: isoMoment(control.pausedMs), by: control.pausedBy, reason: control.reason }
}

/** Those declared, with the moments the ledger knows; before any dispatcher ran there are none yet. */
function scheduleDocuments({ plan, schedules }: PipelineFacts): readonly TypeOf<typeof scheduleSchema>[] {
  const known = schedules.map(({ rhythm, spec, nextMs, lastMs }) => ({
    rhythm,
    spec: JSON.parse(spec) as Readonly<Record<string, unknown>>,
    nextAt: isoMoment(nextMs),
    lastAt: isoMoment(lastMs),
  }))
  const others = (Object.entries(plan?.schedules ?? {}) as [Rhythm, SchedulePlan][])
    .filter(([rhythm]) => known.every((schedule) => schedule.rhythm !== rhythm))
    .map(([rhythm, spec]) => ({ rhythm, spec: { ...spec }, nextAt: null, lastAt: null }))
  return [...known, ...others]
}
