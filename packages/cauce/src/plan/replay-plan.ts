import type { Plan } from '../model/plan.ts'

/** Columns that lead a file of mended rejects and tell where each row comes from. */
export const REPLAY_COLUMNS = { load: '_cauce_load', record: '_cauce_record' } as const

/**
 * The same pipeline, reading a file of mended rejects instead of an original: comma-separated UTF-8 with the contract's own
 * column names, found by name. What means null stays as the pipeline says; tables, contract and destination are unchanged.
 */
export function replayPlan(plan: Plan): Plan {
  return {
    ...plan,
    read: {
      format: 'csv',
      encoding: 'utf-8',
      delimiter: ',',
      quote: '"',
      escape: null,
      header: true,
      skipLines: 0,
      compression: 'none',
      nulls: plan.read.nulls,
      layout: 'name',
      unknownColumns: 'refuse',
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
