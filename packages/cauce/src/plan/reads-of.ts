import type { FileReadPlan, ReadPlan } from '../model/plan.ts'

/** The ways a pipeline may read a file: the declared one, or one for each format. */
export function readsOf(read: ReadPlan): readonly FileReadPlan[] {
  return read.format === 'any' ? [read.csv, read.ndjson, read.json, read.parquet, read.xlsx] : [read]
}
