import type { RowCounts } from '../../model/item-state.ts'
import { integer, named, object } from './schema.ts'

/** Rows by what became of them: `read = loaded + rejected + skipped`, warnings are counted beside. */
export const rowFields = {
  read: integer(),
  loaded: integer(),
  rejected: integer(),
  skipped: integer(),
  warnings: integer({ description: 'Rows with a remark; they are loaded' }),
}

export const rowsSchema = named('Rows', object(rowFields))

/** The counts alone, whatever else a row of the ledger has. */
export function countsDocument({ read, loaded, rejected, skipped, warnings }: RowCounts): RowCounts {
  return { read, loaded, rejected, skipped, warnings }
}
