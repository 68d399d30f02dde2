import type { LoadRecord } from './destination.ts'

/** What stands in the columns of that table: text and numbers, whatever the driver makes of them. */
type DriverValue = string | number | bigint | boolean | null

/** A row of `cauce_loads`, as any destination's driver gives it. */
export function loadRecordOf(row: Readonly<Record<string, DriverValue>>): LoadRecord {
  return {
    loadKey: String(row['load_key']),
    pipeline: String(row['pipeline']),
    item: String(row['item']),
    sha256: String(row['sha256']),
    generation: Number(row['generation']),
    counts: {
      read: Number(row['rows_read']),
      loaded: Number(row['rows_loaded']),
      rejected: Number(row['rows_rejected']),
      skipped: Number(row['rows_skipped']),
      warnings: Number(row['warnings']),
    },
    // A table of an earlier version that nothing was loaded into since lacks these columns.
    originLoad: textOf(row['origin_load']),
    replacedBy: textOf(row['replaced_by']),
  }
}

function textOf(value: DriverValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
