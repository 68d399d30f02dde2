import type { Plan, ReadPlan } from '../model/plan.ts'
import { readsOf } from './reads-of.ts'

/**
 * Columns that lead a file of mended rejects. `load` and `record` tell where each row comes from and must be kept; `rules` and
 * `raw` are there for whoever mends it.
 */
export const REPLAY_COLUMNS = {
  load: '_cauce_load',
  record: '_cauce_record',
  rules: '_cauce_rules',
  raw: '_cauce_raw',
} as const

/**
 * The same pipeline, reading a file of mended rejects instead of an original: the contract's own column names, found by name.
 * Encoding and delimiter are looked for in the file, since spreadsheets write their own. What means null stays as the pipeline
 * says; tables, contract and destination are unchanged.
 */
export function replayPlan(plan: Plan): Plan {
  return {
    ...plan,
    read: {
      format: 'csv',
      encoding: undefined,
      delimiter: undefined,
      quote: '"',
      escape: null,
      header: true,
      skipLines: 0,
      compression: 'none',
      nulls: replayNulls(plan.read),
      layout: 'name',
      // Whoever mends rows may add a column of remarks; spreadsheets add empty ones.
      unknownColumns: 'ignore',
    },
    contract: {
      ...plan.contract,
      columns: plan.contract.columns.map((column) => ({
        ...column,
        headers: [column.name],
        anyHeader: false,
      })),
    },
  }
}

/** What is missing where a format tells missing from empty stands empty in a file of mended rejects. */
function replayNulls(read: ReadPlan): readonly string[] {
  if (read.format === 'csv') return read.nulls
  const nulls = readsOf(read).flatMap((one) => one.nulls)
  return [...new Set(['', ...nulls])]
}
