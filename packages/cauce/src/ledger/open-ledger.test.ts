import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { CauceError } from '../model/cauce-error.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import { listItems } from './list-items.ts'
import { migrateLedger } from './migrate-ledger.ts'
import { openLedger } from './open-ledger.ts'
import { ownIdentity } from './process-identity.ts'
import { recordItems } from './record-items.ts'
import { startRun } from './start-run.ts'

async function scratchFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-ledger-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true }))
  return join(folder, 'home', 'ledger.db')
}

async function open(file: string): Promise<Ledger> {
  const ledger = await openLedger(`sqlite:${file}`)
  onTestFinished(async () => ledger.close())
  return ledger
}

async function errorOf(act: Promise<unknown>): Promise<CauceError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof CauceError) return error
  throw new Error('no CauceError was thrown', { cause: error })
}

test('a ledger is created for its user alone', async () => {
  const file = await scratchFile()
  await open(file)
  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777
  expect(await modeOf(join(file, '..'))).toBe(0o700)
  for (const path of [file, `${file}-wal`, `${file}-shm`]) expect(await modeOf(path)).toBe(0o600)
})

test('it keeps a write-ahead log, flushes every commit, and holds foreign keys', async () => {
  const ledger = await open(await scratchFile())
  const pragma = async (name: string): Promise<unknown> => {
    const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(ledger.db)
    return Object.values(rows[0] ?? {})[0]
  }
  expect(await pragma('journal_mode')).toBe('wal')
  expect(await pragma('synchronous')).toBe(2)
  expect(await pragma('foreign_keys')).toBe(1)
  const owner = await ownIdentity()
  const orphan = startRun(ledger, { pipeline: 'p', planHash: 'never recorded', owner, nowMs: 1 })
  expect(await errorOf(orphan)).toMatchObject({
    code: 'BUG',
    message: expect.stringContaining('FOREIGN KEY'),
  })
})

test('opening again changes nothing', async () => {
  const file = await scratchFile()
  const first = await open(file)
  expect(await migrateLedger(first)).toEqual([])
  await first.close()
  await first.close()
  const second = await open(file)
  expect(await listItems(second)).toEqual([])
})

test('a ledger of a newer Cauce is refused', async () => {
  const file = await scratchFile()
  const ledger = await open(file)
  await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(ledger.db)
  await ledger.close()
  expect(await errorOf(openLedger(`sqlite:${file}`))).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('9999-later'),
  })
})

test.each(['', 'sqlite:', 'ledger.db', 'mysql://user:secret@host/db'])(
  '%j is no place for a ledger',
  async (url) => {
    const error = await errorOf(openLedger(url))
    expect(error.code).toBe('CONFIG_INVALID')
    expect(error.message).not.toContain('secret')
  },
)

test('a damaged file, and one that is no ledger, are told apart from a lock', async () => {
  const file = await scratchFile()
  await (await open(file)).close()
  await writeFile(file, 'this is not a database, it is a letter to somebody'.repeat(100))
  const error = await errorOf(openLedger(`sqlite:${file}`))
  expect(error.code).toBe('LEDGER_FAILED')
  expect(error.message).toContain(file)
  expect(error.message).toContain('damaged')
})

test('a folder in the place of the file, or a file in the place of the folder, is told with its path', async () => {
  const file = await scratchFile()
  await (await open(join(file, 'inner.db'))).close()
  for (const wrong of [file, join(file, 'inner.db', 'deeper.db')]) {
    const error = await errorOf(openLedger(`sqlite:${wrong}`))
    expect(error.code).toBe('LEDGER_FAILED')
    expect(error.message).toContain(wrong)
  }
})

test('a ledger that cannot be written says so', async () => {
  const ledger = await open(await scratchFile())
  await sql`pragma query_only = 1`.execute(ledger.db)
  const error = await errorOf(startRunIn(ledger))
  expect(error.code).toBe('LEDGER_FAILED')
  expect(error.message).toContain('allowed to write')
})

test('a full disk is DISK_FULL with the path, loses nothing, and the ledger works again once there is room', async () => {
  const ledger = await open(await scratchFile())
  const owner = await ownIdentity()
  const run = await startRunIn(ledger)
  await sql`pragma max_page_count = 60`.execute(ledger.db)
  const entries = Array.from({ length: 2000 }, (_, index) => ({
    key: `${index}`.padStart(200, 'x'),
    sizeBytes: 1,
    modifiedMs: 1,
  }))
  const record = async () =>
    recordItems(ledger, {
      pipeline: 'p',
      runId: run.id,
      planHash: 'h',
      owner,
      boundHost: null,
      entries,
      nowMs: 1,
    })
  const error = await errorOf(record())
  expect(error.code).toBe('DISK_FULL')
  expect(error.message).toContain(ledger.path)
  const before = (await listItems(ledger)).length
  expect(before % 500).toBe(0)
  await sql`pragma max_page_count = 100000`.execute(ledger.db)
  expect((await record()).filter(({ isNew }) => isNew)).toHaveLength(2000 - before)
})

test('while another process holds the lock, this one waits and its timers go on', async () => {
  const file = await scratchFile()
  const ledger = await open(file)
  const rival = new DatabaseSync(file)
  rival.exec('begin immediate')
  let ticks = 0
  const ticking = setInterval(() => ticks++, 10)
  const waiting = startRunIn(ledger)
  const reading = readLedger(ledger, async (db) => db.selectFrom('run').selectAll().execute())
  await expect.poll(() => ticks).toBeGreaterThan(10)
  rival.exec('commit')
  rival.close()
  clearInterval(ticking)
  expect((await waiting).state).toBe('running')
  expect(await reading).toEqual([])
})

test('a transaction holds the write lock from its start', async () => {
  const file = await scratchFile()
  const ledger = await open(file)
  const rival = new DatabaseSync(file, { timeout: 0 })
  onTestFinished(() => rival.close())
  await writeLedger(ledger, async () => {
    expect(() => rival.exec('begin immediate')).toThrow('locked')
  })
  rival.exec('begin immediate; commit')
})

test('a process that does nothing but ask the ledger still has its timers', async () => {
  const ledger = await open(await scratchFile())
  let ticks = 0
  const ticking = setInterval(() => ticks++, 1)
  onTestFinished(() => clearInterval(ticking))
  // Without a turn of the loop there is no tick at all, however long it asks.
  const endMs = performance.now() + 300
  while (performance.now() < endMs) await listItems(ledger)
  expect(ticks).toBeGreaterThan(5)
})

test('what throws in a transaction undoes all of it', async () => {
  const ledger = await open(await scratchFile())
  const failing = writeLedger(ledger, async (transaction) => {
    await transaction
      .insertInto('plan')
      .values({ hash: 'h', pipeline: 'p', json: '{}', firstSeenMs: 1 })
      .execute()
    throw new CauceError('USAGE', { detail: 'no' })
  })
  expect((await errorOf(failing)).code).toBe('USAGE')
  expect(await readLedger(ledger, async (db) => db.selectFrom('plan').selectAll().execute())).toEqual([])
})

async function startRunIn(ledger: Ledger) {
  await writeLedger(ledger, async (transaction) =>
    transaction.insertInto('plan').values({ hash: 'h', pipeline: 'p', json: '{}', firstSeenMs: 1 }).execute(),
  )
  return startRun(ledger, { pipeline: 'p', planHash: 'h', owner: await ownIdentity(), nowMs: 1 })
}
