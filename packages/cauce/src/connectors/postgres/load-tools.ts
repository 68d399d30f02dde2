import type { PostgresConnection } from './connection.ts'
import type { PreparedTables } from './prepare.ts'

/** What statements of a load or a sweep work with. */
export interface LoadTools {
  readonly connection: PostgresConnection
  readonly prepared: PreparedTables
  readonly displayUrl: string
}
