import type { Kysely } from 'kysely'

/** Which home each process keeps its files in, and for which pipelines: those of one pipeline must share theirs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('worker').addColumn('home_id', 'text').execute()
  await db.schema.alterTable('worker').addColumn('pipelines', 'text').execute()
}
