import { sha256Hex } from '../model/load-key.ts'
import type { Plan, TableFrom, TablePlan } from '../model/plan.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { toSetting } from '../pipeline/setting.ts'
import { DEFAULT_REJECT_COLUMNS, type Table } from '../pipeline/tables.ts'
import { compileContract } from './compile-contract.ts'

const DEFAULT_LIMITS = { memoryMb: 512, itemTimeoutSeconds: 3600, maxUnpackedBytes: 20 * 1024 ** 3 } as const

/** Compiles a declaration. Pure: the same declaration always gives the same plan and hash; `checkPlan` judges the result. */
export function compilePlan(pipeline: Pipeline): Plan {
  const { options } = pipeline
  const plan: Omit<Plan, 'hash'> = {
    pipeline: pipeline.name,
    source: options.from,
    read: options.read,
    contract: compileContract(options.contract),
    tables: loadOrder(Object.entries(options.tables).map(([name, table]) => compileTable(name, table))),
    report: options.report,
    destination: toSetting(options.into),
    versions: options.versions ?? 'refuse',
    archive: {
      backup: options.archive?.backup === undefined ? undefined : toSetting(options.archive.backup),
      deleteSource: toSetting(options.archive?.deleteSource ?? 'no'),
    },
    reference: options.reference ?? { timezone: 'UTC', override: undefined },
    states: options.states ?? {},
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    tags: options.tags ?? [],
  }
  return { ...plan, hash: sha256Hex(JSON.stringify(plan)) }
}

/** Rejects first, then appends and replacements, merged tables last: the order that keeps their row locks shortest. */
function loadOrder(tables: readonly TablePlan[]): readonly TablePlan[] {
  const rank = ({ mode, from }: TablePlan): number =>
    from.kind === 'rejects' ? 0 : mode === 'upsert' ? 2 : 1
  return tables.toSorted((a, b) => rank(a) - rank(b))
}

function compileTable(name: string, table: Table): TablePlan {
  const from = compileFrom(table)
  if (table.mode === 'upsert')
    return {
      name,
      mode: 'upsert',
      from,
      key: table.key,
      merge: table.merge,
      detail: table.detail,
      technicalColumns: false,
    }
  return {
    name,
    mode: table.mode,
    from,
    key: [],
    merge: {},
    detail: undefined,
    // Rejects already tell their load and record; a replaced table has no older load's rows to tell apart.
    technicalColumns: table.technicalColumns && table.mode === 'append' && from.kind !== 'rejects',
  }
}

function compileFrom(table: Table): TableFrom {
  if ('pieces' in table.from) return { kind: 'sql', sql: table.from }
  if (table.from.kind === 'valid') return { kind: 'valid' }
  const columns = table.mode === 'append' ? table.columns : undefined
  return { kind: 'rejects', columns: columns ?? DEFAULT_REJECT_COLUMNS }
}
