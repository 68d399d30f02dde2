import { type CreateTableBuilder, type Kysely, sql } from 'kysely'
import { identityColumn } from '../identity-column.ts'

/**
 * The first ledger. A migration that was released never changes: the words of the model are spelled out here on purpose.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createPlanAndRun(db)
  await createItem(db)
  await createHistory(db)
  await createIndexes(db)
}

async function createPlanAndRun(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('plan')
    .addColumn('hash', 'text', (c) => c.primaryKey().notNull())
    .addColumn('pipeline', 'text', (c) => c.notNull())
    .addColumn('json', 'text', (c) => c.notNull())
    .addColumn('first_seen_ms', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('run')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('pipeline', 'text', (c) => c.notNull())
    .addColumn('plan_hash', 'text', (c) => c.notNull().references('plan.hash'))
    .addColumn('state', 'text', (c) =>
      c.notNull().check(sql`state in ('running', 'done', 'done_with_rejects', 'failed', 'interrupted')`),
    )
    .addColumn('host', 'text', (c) => c.notNull())
    .addColumn('pid', 'integer', (c) => c.notNull())
    .addColumn('process_start', 'text', (c) => c.notNull())
    .addColumn('started_ms', 'bigint', (c) => c.notNull())
    .addColumn('finished_ms', 'bigint')
    .addColumn('items', 'bigint', (c) => c.notNull().defaultTo(0))
    .$call(counts)
    .addCheckConstraint('run_finished', sql`(state = 'running') = (finished_ms is null)`)
    .execute()
}

async function createItem(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('item')
    .addColumn('id', ...identityColumn)
    .addColumn('pipeline', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('generation', 'integer', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull().check(sql`kind in ('file', 'replay')`))
    .addColumn('origin_load_key', 'text')
    .addColumn('size_bytes', 'bigint')
    .addColumn('modified_ms', 'bigint')
    .addColumn('sha256', 'text')
    .addColumn('load_key', 'text')
    .addColumn('state', 'text', (c) =>
      c.notNull().check(
        sql`state in ('pending', 'extracting', 'transforming', 'loading', 'ready', 'ready_with_rejects', 'failed_layout',
                      'failed_system', 'duplicate', 'refused', 'superseded', 'cancelled')`,
      ),
    )
    .addColumn('run_id', 'text', (c) => c.notNull().references('run.id'))
    .addColumn('plan_hash', 'text', (c) => c.notNull().references('plan.hash'))
    .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('round_attempts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('due_ms', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('bound_host', 'text')
    .addColumn('owner_host', 'text')
    .addColumn('owner_pid', 'integer')
    .addColumn('owner_start', 'text')
    .addColumn('lease_until_ms', 'bigint')
    .addColumn('epoch', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('progress_bytes', 'bigint')
    .addColumn('progress_rows', 'bigint')
    .$call(counts)
    .$call(error)
    .addColumn('backup', 'text')
    .addColumn('source_deleted_ms', 'bigint')
    .addColumn('rejects_sha256', 'text')
    .addColumn('discovered_ms', 'bigint', (c) => c.notNull())
    .addColumn('updated_ms', 'bigint', (c) => c.notNull())
    .addColumn('finished_ms', 'bigint')
    .addUniqueConstraint('item_version', ['pipeline', 'key', 'version', 'generation'])
    .addCheckConstraint(
      'item_owned_while_active',
      sql`(state in ('extracting', 'transforming', 'loading')) = (lease_until_ms is not null)
          and (lease_until_ms is null) = (owner_host is null)
          and (lease_until_ms is null) = (owner_pid is null)
          and (lease_until_ms is null) = (owner_start is null)`,
    )
    .addCheckConstraint('item_origin_of_replay', sql`(kind = 'replay') = (origin_load_key is not null)`)
    .execute()
}

async function createHistory(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('attempt')
    .addColumn('id', ...identityColumn)
    .addColumn('item_id', 'bigint', (c) => c.notNull().references('item.id').onDelete('cascade'))
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('epoch', 'integer', (c) => c.notNull())
    .addColumn('run_id', 'text', (c) => c.notNull().references('run.id'))
    .addColumn('worker', 'text', (c) => c.notNull())
    .addColumn('started_ms', 'bigint', (c) => c.notNull())
    .addColumn('finished_ms', 'bigint')
    .addColumn('outcome', 'text')
    .addColumn('stage', 'text')
    .$call(error)
    .addUniqueConstraint('attempt_once_per_claim', ['item_id', 'epoch'])
    .addCheckConstraint('attempt_finished', sql`(outcome is null) = (finished_ms is null)`)
    .execute()
  await db.schema
    .createTable('transition')
    .addColumn('id', ...identityColumn)
    .addColumn('item_id', 'bigint', (c) => c.notNull().references('item.id').onDelete('cascade'))
    .addColumn('at_ms', 'bigint', (c) => c.notNull())
    .addColumn('from_state', 'text')
    .addColumn('to_state', 'text', (c) => c.notNull())
    .addColumn('worker', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .execute()
  await db.schema
    .createTable('rule_count')
    .addColumn('item_id', 'bigint', (c) => c.notNull().references('item.id').onDelete('cascade'))
    .addColumn('code', 'text', (c) => c.notNull())
    .addColumn('level', 'text', (c) => c.notNull().check(sql`level in ('error', 'warning')`))
    .addColumn('rows', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('rule_count_key', ['item_id', 'code', 'level'])
    .execute()
  await db.schema
    .createTable('replayed')
    .addColumn('origin_load_key', 'text', (c) => c.notNull())
    .addColumn('record', 'bigint', (c) => c.notNull())
    .addColumn('item_id', 'bigint', (c) => c.notNull().references('item.id'))
    .addColumn('at_ms', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('replayed_once', ['origin_load_key', 'record'])
    .execute()
}

async function createIndexes(db: Kysely<unknown>): Promise<void> {
  // Claims look for one state of one pipeline in the order of ids, and find the first without sorting the rest.
  await db.schema.createIndex('item_state').on('item').columns(['state', 'pipeline', 'id']).execute()
  await db.schema.createIndex('item_run').on('item').column('run_id').execute()
  await db.schema.createIndex('item_load_key').on('item').column('load_key').execute()
  await db.schema.createIndex('transition_item').on('transition').column('item_id').execute()
  await db.schema.createIndex('run_state').on('run').columns(['state', 'pipeline']).execute()
}

/** The accounting: every row read is loaded, rejected or skipped; warnings are counted beside. */
function counts<Table extends string, Columns extends string>(table: CreateTableBuilder<Table, Columns>) {
  return table
    .addColumn('read', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('loaded', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('rejected', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('skipped', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('warnings', 'bigint', (c) => c.notNull().defaultTo(0))
    .addCheckConstraint(
      'rows_add_up',
      sql`read = loaded + rejected + skipped and loaded >= 0 and rejected >= 0 and skipped >= 0 and warnings >= 0`,
    )
}

function error<Table extends string, Columns extends string>(table: CreateTableBuilder<Table, Columns>) {
  return table
    .addColumn('error_class', 'text')
    .addColumn('error_code', 'text')
    .addColumn('error_details', 'text')
}
