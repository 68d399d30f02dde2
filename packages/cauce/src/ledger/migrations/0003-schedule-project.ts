import type { Kysely } from 'kysely'

/** Whose schedule it is, where projects share a ledger: only who wrote one last takes it away. Null: of before this was known. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('schedule').addColumn('project', 'text').execute()
}
