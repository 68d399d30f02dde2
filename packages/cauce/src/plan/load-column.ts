import type { TablePlan } from '../model/plan.ts'

/**
 * The column in which rows of a table tell which load they are of: `_cauce_load`, or where a table of rejects keeps the load key.
 * Undefined: they do not tell, and what a load brought there cannot be taken out again.
 */
export function loadColumnOf({ from, technicalColumns }: TablePlan): string | undefined {
  if (from.kind !== 'rejects') return technicalColumns ? '_cauce_load' : undefined
  return Object.entries(from.columns).find(([, field]) => field === 'load_key')?.[0]
}
