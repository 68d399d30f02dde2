import type { TableShape } from '../destination.ts'
import type { LogicalType } from '../../model/plan.ts'

const TEXT: LogicalType = { kind: 'text', maxLength: undefined }
const INTEGER: LogicalType = { kind: 'integer' }

function ownTable(
  name: string,
  columns: Readonly<Record<string, LogicalType>>,
  later: Readonly<Record<string, LogicalType>> = {},
): TableShape {
  const all = { ...columns, ...later }
  return {
    name,
    columns: Object.entries(all).map(([column, type]) => ({ name: column, type, nullable: column in later })),
    key: [],
    merge: {},
    identity: [],
  }
}

/**
 * The tables every destination has besides the pipeline's. They have no keys here: whoever writes has the file alone, so looking
 * before writing is as good, and an index made each small load half as dear again (docs/decisions/0008).
 */
export const OWN_TABLES: readonly TableShape[] = [
  /**
   * Committed loads, one row each, written first in the load's transaction. Tables made by 0.1 lack the last columns and get them
   * when something is next prepared.
   */
  ownTable(
    'cauce_loads',
    {
      load_key: TEXT,
      pipeline: TEXT,
      item: TEXT,
      sha256: TEXT,
      generation: INTEGER,
      rows_read: INTEGER,
      rows_loaded: INTEGER,
      rows_rejected: INTEGER,
      rows_skipped: INTEGER,
      warnings: INTEGER,
      committed_at: { kind: 'timestamp' },
    },
    { origin_load: TEXT, replaced_by: TEXT, replaced_at: { kind: 'timestamp' } },
  ),
  /** Rejects that were mended and loaded: (origin_load, record) at most once, ever. */
  ownTable('cauce_replays', { origin_load: TEXT, record: INTEGER, load_key: TEXT }),
  /** The year or month each period counter stands at. */
  ownTable('cauce_periods', { table_name: TEXT, column_name: TEXT, period: TEXT }),
]
