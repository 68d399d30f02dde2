import { CauceError } from '../../model/cauce-error.ts'
import { EngineError } from '../../engine/duckdb/engine-error.ts'

/** What the error is about, for people. */
export interface ErrorPlace {
  readonly displayUrl: string
  /** The table a statement was working on, where it was one. */
  readonly table?: string | undefined
}

/**
 * Turns an error of the engine into one of ours. Others pass as they are: a `CauceError` is classified already, and anything
 * else did not come from DuckDB.
 */
export function toDuckdbError(error: unknown, { displayUrl: url, table }: ErrorPlace): unknown {
  if (!(error instanceof EngineError)) return error
  const { kind, message } = error
  const detail = message.slice(message.indexOf(': ') + 2).replace(/[.!]$/, '')
  if (table !== undefined && ROW_KINDS.has(kind))
    return new CauceError('DESTINATION_REFUSED_ROWS', { table, detail })
  if (table !== undefined && SHAPE_KINDS.has(kind))
    return new CauceError('DESTINATION_SHAPE', { table, detail })
  if (/permission denied|read-only file system/i.test(message))
    return new CauceError('DESTINATION_ACCESS', { url, detail })
  if (/not a valid duckdb database file|is a directory|version number/i.test(message))
    return new CauceError('CONFIG_INVALID', {
      where: url,
      detail: `${detail}; name another file in \`into\``,
    })
  // The instance is locked to what a load needs: reaching beyond is a mistake of ours.
  if (kind === 'Permission') return new CauceError('BUG', { detail: message })
  return new CauceError('DESTINATION_FAILED', { url, detail })
}

/** The values do not fit the columns or break the table's own constraints. */
const ROW_KINDS: ReadonlySet<string> = new Set(['Conversion', 'Constraint', 'Out of Range', 'Mismatch Type'])

/** Tables or columns are not what they were when the destination was prepared. */
const SHAPE_KINDS: ReadonlySet<string> = new Set(['Catalog', 'Binder'])

/** Whether a table was not there. */
export function isMissingTable(error: unknown): boolean {
  return error instanceof EngineError && error.kind === 'Catalog' && /does not exist/.test(error.message)
}

/** Who holds the file's lock, as far as DuckDB tells; undefined when that is not what went wrong. */
export function lockHolder(error: unknown): string | undefined {
  if (!(error instanceof EngineError) || !error.message.includes('Could not set lock on file'))
    return undefined
  return /held in (.+ \(PID \d+\))/.exec(error.message)?.[1] ?? 'another process'
}
