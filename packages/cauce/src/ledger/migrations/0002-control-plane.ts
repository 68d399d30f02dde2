import { type Kysely, sql } from 'kysely'
import { identityColumn } from '../identity-column.ts'

/** Workers, seats, firings and alerts: what it takes to run by itself, for months, on one machine or many. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createWorkerAndSeat(db)
  await createTime(db)
  await widenRunAndItem(db)
  await createAlerts(db)
  await createDayClose(db)
}

async function createWorkerAndSeat(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('worker')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('host', 'text', (c) => c.notNull())
    .addColumn('pid', 'integer', (c) => c.notNull())
    .addColumn('process_start', 'text', (c) => c.notNull())
    .addColumn('roles', 'text', (c) => c.notNull())
    .addColumn('jobs', 'integer', (c) => c.notNull())
    .addColumn('cauce_version', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) =>
      c.notNull().check(sql`state in ('working', 'stopping', 'ended', 'lost')`),
    )
    .addColumn('started_ms', 'bigint', (c) => c.notNull())
    .addColumn('beat_ms', 'bigint', (c) => c.notNull())
    .addColumn('ended_ms', 'bigint')
    .execute()
  await db.schema
    .createTable('seat')
    .addColumn('resource', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('token', 'text')
    .addColumn('owner_host', 'text')
    .addColumn('owner_pid', 'integer')
    .addColumn('owner_start', 'text')
    .addColumn('item_id', 'bigint')
    .addColumn('taken_ms', 'bigint')
    .addColumn('lease_until_ms', 'bigint')
    .addPrimaryKeyConstraint('seat_key', ['resource', 'number'])
    .addCheckConstraint(
      'seat_owned_while_taken',
      sql`(token is null) = (lease_until_ms is null) and (token is null) = (owner_host is null)
          and (token is null) = (owner_pid is null) and (token is null) = (owner_start is null)
          and (token is null) = (taken_ms is null)`,
    )
    .execute()
}

async function createTime(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('schedule')
    .addColumn('pipeline', 'text', (c) => c.notNull())
    .addColumn('rhythm', 'text', (c) => c.notNull().check(sql`rhythm in ('run', 'discover', 'dispatch')`))
    .addColumn('spec', 'text', (c) => c.notNull())
    .addColumn('next_ms', 'bigint')
    .addColumn('last_ms', 'bigint')
    .addColumn('changed_ms', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('schedule_key', ['pipeline', 'rhythm'])
    .execute()
  await db.schema
    .createTable('firing')
    .addColumn('id', ...identityColumn)
    .addColumn('pipeline', 'text', (c) => c.notNull())
    .addColumn('rhythm', 'text', (c) => c.notNull().check(sql`rhythm in ('run', 'discover', 'dispatch')`))
    .addColumn('cause', 'text', (c) =>
      c.notNull().check(sql`cause in ('schedule', 'missed', 'manual', 'after')`),
    )
    // What makes a firing happen once: its schedule and moment, the run it follows, or what whoever asked for it named.
    .addColumn('token', 'text', (c) => c.notNull().unique())
    .addColumn('state', 'text', (c) =>
      c.notNull().check(sql`state in ('waiting', 'started', 'done', 'failed', 'skipped')`),
    )
    .addColumn('due_ms', 'bigint', (c) => c.notNull())
    .addColumn('requested_by', 'text', (c) => c.notNull())
    .addColumn('options', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('run_id', 'text', (c) => c.references('run.id'))
    .addColumn('owner_host', 'text')
    .addColumn('owner_pid', 'integer')
    .addColumn('owner_start', 'text')
    .addColumn('lease_until_ms', 'bigint')
    .addColumn('created_ms', 'bigint', (c) => c.notNull())
    .addColumn('started_ms', 'bigint')
    .addColumn('finished_ms', 'bigint')
    .execute()
  await db.schema.createIndex('firing_state').on('firing').columns(['state', 'due_ms']).execute()
  await db.schema.createIndex('firing_pipeline').on('firing').columns(['pipeline', 'id']).execute()
  // Runs that came to nothing are forgotten: the engine looks whether anybody names them.
  await db.schema.createIndex('firing_run').on('firing').column('run_id').execute()
  await db.schema.createIndex('attempt_run').on('attempt').column('run_id').execute()
  await db.schema
    .createTable('pipeline_control')
    .addColumn('pipeline', 'text', (c) => c.primaryKey().notNull())
    .addColumn('paused_ms', 'bigint')
    .addColumn('paused_by', 'text')
    .addColumn('reason', 'text')
    .execute()
}

async function widenRunAndItem(db: Kysely<unknown>): Promise<void> {
  // `attached`: it ends with the process that began it. `dispatched`: any dispatcher may close it.
  await db.schema
    .alterTable('run')
    .addColumn('mode', 'text', (c) =>
      c
        .notNull()
        .defaultTo('attached')
        .check(sql`mode in ('attached', 'dispatched')`),
    )
    .execute()
  await db.schema
    .alterTable('run')
    .addColumn('cause', 'text', (c) => c.notNull().defaultTo('manual'))
    .execute()
  await db.schema.alterTable('run').addColumn('reference_date', 'text').execute()
  await db.schema.alterTable('run').addColumn('discovered_ms', 'bigint').execute()
  await db.schema
    .alterTable('item')
    .addColumn('priority', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema
    .alterTable('item')
    .addColumn('cancel_ms', 'bigint', (c) => c.check(sql`cancel_ms is null or state != 'pending'`))
    .execute()
  await db.schema.alterTable('item').addColumn('cancel_by', 'text').execute()
  await db.schema
    .alterTable('item')
    .addColumn('day_retries', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema.alterTable('item').addColumn('quarantine', 'text').execute()
  await db.schema.alterTable('item').addColumn('quarantined_ms', 'bigint').execute()
  await createIndexes(db)
}

async function createIndexes(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('run_pipeline').on('run').columns(['pipeline', 'id']).execute()
  // One for all that waits: claims walk what is due (0) from its beginning and stop at their limit, what is to be done later lies
  // behind by its time, and what is held last of all; settled items are not in it, however many there are.
  await sql`create index item_waiting on item (plan_hash, due_ms, bound_host, priority desc, id)
            where state = 'pending'`.execute(db)
  await sql`create index item_held on item (lease_until_ms) where lease_until_ms is not null`.execute(db)
  await sql`create index item_open on item (run_id, due_ms)
            where state in ('pending', 'extracting', 'transforming', 'loading')`.execute(db)
  await sql`create index item_next_day on item (pipeline, day_retries, due_ms) where state = 'failed_system'`.execute(
    db,
  )
}

async function createAlerts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('alert')
    .addColumn('id', ...identityColumn)
    .addColumn('rule', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('pipeline', 'text')
    .addColumn('details', 'text', (c) => c.notNull())
    .addColumn('opened_ms', 'bigint', (c) => c.notNull())
    .addColumn('seen_ms', 'bigint', (c) => c.notNull())
    .addColumn('resolved_ms', 'bigint')
    .execute()
  await sql`create unique index alert_open on alert (rule, subject) where resolved_ms is null`.execute(db)
  await db.schema
    .createTable('delivery')
    .addColumn('id', ...identityColumn)
    .addColumn('alert_id', 'bigint', (c) => c.notNull().references('alert.id').onDelete('cascade'))
    .addColumn('kind', 'text', (c) => c.notNull().check(sql`kind in ('opened', 'resolved')`))
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('due_ms', 'bigint', (c) => c.notNull())
    .addColumn('delivered_ms', 'bigint')
    .addColumn('given_up_ms', 'bigint')
    .addColumn('error', 'text')
    .addUniqueConstraint('delivery_once', ['alert_id', 'kind', 'channel'])
    .execute()
  await sql`create index delivery_open on delivery (due_ms) where delivered_ms is null and given_up_ms is null`.execute(
    db,
  )
}

async function createDayClose(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('day_close')
    .addColumn('pipeline', 'text', (c) => c.notNull())
    .addColumn('day', 'text', (c) => c.notNull())
    .addColumn('closed_ms', 'bigint', (c) => c.notNull())
    .addColumn('report', 'text', (c) => c.notNull())
    .addColumn('backup', 'text')
    .addColumn('backup_sha256', 'text')
    .addPrimaryKeyConstraint('day_close_key', ['pipeline', 'day'])
    .execute()
}
