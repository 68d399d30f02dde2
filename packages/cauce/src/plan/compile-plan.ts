import { sha256Hex } from '../model/load-key.ts'
import type { ContractPlan, LimitsPlan, Plan, ReadPlan, RetryPlan, TablePlan } from '../model/plan.ts'
import { anyFormat } from '../pipeline/any-format.ts'
import type { LimitsOptions, Pipeline, RetryOptions } from '../pipeline/pipeline.ts'
import { toSetting } from '../pipeline/setting.ts'
import { compileContract, noContract } from './compile-contract.ts'
import { compileTable } from './compile-table.ts'
import { compileSchedules } from './schedule/compile-schedule.ts'

const DEFAULT_LIMITS = { memoryMb: 512, itemTimeoutSeconds: 3600, maxUnpackedBytes: 20 * 1024 ** 3 } as const

/** Compiles a declaration. Pure: the same declaration always gives the same plan and hash; `checkPlan` judges the result. */
export function compilePlan(pipeline: Pipeline): Plan {
  const { options } = pipeline
  const read = options.read ?? anyFormat()
  const plan: Omit<Plan, 'hash'> = {
    pipeline: pipeline.name,
    source: options.from,
    read,
    contract: contractPlan(pipeline, read),
    tables: loadOrder(Object.entries(options.tables).map(([name, table]) => compileTable(name, table))),
    report: options.report,
    destination: toSetting(options.into),
    versions: options.versions ?? 'refuse',
    duplicates: options.duplicates ?? (options.versions === 'replace' ? 'load' : 'refuse'),
    archive: {
      backup: options.archive?.backup === undefined ? undefined : toSetting(options.archive.backup),
      deleteSource: toSetting(options.archive?.deleteSource ?? 'no'),
      zip: options.archive?.zip,
      keepDays: options.archive?.keepDays,
    },
    reference: options.reference ?? { timezone: 'UTC', override: undefined },
    states: options.states ?? {},
    limits: compileLimits(options.limits),
    retry: compileRetry(options.retry),
    schedules: compileSchedules(options),
    overlap: options.overlap ?? 'skip',
    tags: options.tags ?? [],
  }
  return { ...plan, hash: sha256Hex(JSON.stringify(plan)) }
}

function contractPlan({ name, options: { contract } }: Pipeline, { format }: ReadPlan): ContractPlan {
  return contract === undefined ? noContract(name, format) : compileContract(contract, format)
}

function compileRetry({ attempts = 3, delay = '10s', days = 2 }: RetryOptions = {}): RetryPlan {
  return {
    attempts: toSetting(typeof attempts === 'number' ? String(attempts) : attempts),
    delay: toSetting(delay),
    days,
  }
}

function compileLimits(limits: LimitsOptions = {}): LimitsPlan {
  const { connections, items, ...own } = limits
  return {
    ...DEFAULT_LIMITS,
    ...own,
    sourceConnections: connections?.source,
    destinationConnections: connections?.destination,
    items,
  }
}

/** Rejects first, then appends and replacements, merged tables last: the order that keeps their row locks shortest. */
function loadOrder(tables: readonly TablePlan[]): readonly TablePlan[] {
  const rank = ({ mode, from }: TablePlan): number =>
    from.kind === 'rejects' ? 0 : mode === 'upsert' ? 2 : 1
  return tables.toSorted((a, b) => rank(a) - rank(b))
}
