import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CauceError } from '../model/cauce-error.ts'
import { systemClock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import { discardItem } from '../ledger/discard-item.ts'
import { findItem } from '../ledger/find-item.ts'
import { retryItem } from '../ledger/retry-item.ts'
import { dead, scratchLedger, self } from '../ledger/scratch-ledger.test-kit.ts'
import { settleItem, type SettleItemRequest } from '../ledger/settle-item.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { openLogs } from '../logs/open-logs.ts'
import { keepQuarantine, tendQuarantine } from './keep-quarantine.ts'
import { ensureHome, projectHome } from './project-home.ts'
import { readStory } from './quarantine-story.ts'
import type { RunContext, RunEvent } from './run-context.ts'
import { SeatKeeper } from './seat-keeper.ts'

const bytes = 'email,jyv\nnobody\n'
const sha256 = createHash('sha256').update(bytes).digest('hex')
const layoutError = new CauceError('LAYOUT_COLUMNS', {
  file: 'report_001.txt',
  detail: 'jyv is missing',
}).report()

/** A source folder, a home and a ledger, and an item of one file that failed there. */
async function scene() {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-quarantine-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true }))
  const { ledger, record, claim } = await scratchLedger()
  const source = join(folder, 'source')
  await mkdir(source)
  const home = projectHome(join(folder, 'home'))
  await ensureHome(home)
  const events: RunEvent[] = []
  const stop = new AbortController()
  const context = {
    plan: { pipeline: 'visits', limits: {} } as Plan,
    settings: { sourceUrl: source, destinationUrl: 'mysql://etl:s3cret!@db/v' } as RunContext['settings'],
    ledger,
    home,
    owner: self,
    clock: systemClock,
    signal: stop.signal,
    seats: new SeatKeeper(ledger, self, systemClock),
    emit: (event: RunEvent) => events.push(event),
  }
  const fail = async (key: string, settlement: Partial<SettleItemRequest> = {}): Promise<ItemRow> => {
    await writeFile(join(source, key), bytes)
    await utimes(join(source, key), 1_000_000, 1_000_000)
    const { size, mtimeMs } = await stat(join(source, key))
    await record([{ key, sizeBytes: size, modifiedMs: mtimeMs }])
    return settleNext(settlement)
  }
  const settleNext = async (settlement: Partial<SettleItemRequest> = {}): Promise<ItemRow> => {
    const [item] = await claim({ limit: 1 })
    if (item === undefined) throw new Error('nothing to claim')
    const end = { state: 'failed_layout', sha256, error: layoutError, nowMs: 3000, ...settlement } as const
    const settled = await settleItem(ledger, { id: item.id, epoch: item.epoch, ...end })
    if (settled === undefined) throw new Error('not settled')
    return settled
  }
  const spool = async (text = bytes): Promise<string> => {
    const path = join(folder, 'spooled')
    await writeFile(path, text)
    return path
  }
  const current = async ({ id }: ItemRow): Promise<ItemRow | undefined> => findItem(ledger, { id })
  return { folder, source, home, ledger, context, events, stop, fail, settleNext, spool, current }
}

test('a file that failed is copied aside with its story and its log; the original stays where it is', async () => {
  const { source, home, context, events, fail, spool, current } = await scene()
  const item = await fail('report_001.txt')
  const logs = openLogs({ home, clock: systemClock, secrets: [], timezoneOf: () => 'UTC' })
  logs.item(item, '2026-11-24').write('item-failed', { label: 'FALLO_LAYOUT', attempt: 1 })
  await logs.close()
  await keepQuarantine(context, item, { spooled: await spool() })
  const folder = join(home.quarantine, `${item.id}_${sha256.slice(0, 12)}`)
  expect(await current(item)).toMatchObject({ state: 'failed_layout', quarantine: folder })
  expect(events).toMatchObject([{ kind: 'quarantined', folder }])
  expect(await readdir(folder)).toEqual(['item.log', 'original', 'story.json'])
  expect(await readFile(join(folder, 'original'), 'utf8')).toBe(bytes)
  expect(await readFile(join(source, 'report_001.txt'), 'utf8')).toBe(bytes)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect(await readFile(join(folder, 'item.log'), 'utf8')).toContain('FALLO_LAYOUT')
  expect(await readStory(folder)).toMatchObject({
    item: item.id,
    pipeline: 'visits',
    key: 'report_001.txt',
    sha256,
    state: 'failed_layout',
    error: {
      code: 'LAYOUT_COLUMNS',
      class: 'layout',
      message: {
        en: 'report_001.txt does not have the agreed columns: jyv is missing.',
        es: 'report_001.txt no tiene las columnas acordadas: jyv is missing.',
      },
    },
    whatToDo: { en: expect.stringContaining(`cauce quarantine release ${item.id}`) as string },
    run: item.runId,
    plan: 'h1',
    attempts: [
      {
        number: 1,
        outcome: 'failed_layout',
        error: { code: 'LAYOUT_COLUMNS' },
        startedAt: '1970-01-01T00:00:02.000Z',
      },
    ],
    history: [{ to: 'pending' }, { to: 'extracting' }, { to: 'failed_layout', reason: 'LAYOUT_COLUMNS' }],
    file: { name: 'original', bytes: bytes.length, sha256 },
    noFile: null,
    log: [{ event: 'item-failed' }],
  })
})

test.each([
  ['the spool is gone', undefined],
  ['the spool holds other bytes', 'half a fi'],
])('it comes from the source when %s', async (_name, spooledText) => {
  const { home, context, fail, spool } = await scene()
  const item = await fail('a.txt')
  await keepQuarantine(context, item, spooledText === undefined ? {} : { spooled: await spool(spooledText) })
  const [name = ''] = await readdir(home.quarantine)
  expect(await readFile(join(home.quarantine, name, 'original'), 'utf8')).toBe(bytes)
})

test('a file that was never read is taken from the source too, and named by its version', async () => {
  const { home, context, fail } = await scene()
  const error = new CauceError('PERFORMER_LOST', { file: 'a.txt', detail: 'SIGKILL' }).report()
  const item = await fail('a.txt', { sha256: undefined as never, state: 'failed_system', error })
  await keepQuarantine(context, item)
  const [name = ''] = await readdir(home.quarantine)
  expect(name).toMatch(new RegExp(`^${item.id}_[0-9a-f]{12}$`))
  expect(await readStory(join(home.quarantine, name))).toMatchObject({ sha256: null, file: { sha256 } })
})

test('a file that cannot be had any more leaves its story, which says why', async () => {
  const { source, home, context, fail } = await scene()
  const changed = await fail('a.txt')
  await writeFile(join(source, 'a.txt'), 'other bytes altogether')
  await keepQuarantine(context, changed)
  const away = await fail('b.txt', {
    state: 'failed_system',
    error: new CauceError('SOURCE_UNREACHABLE', { url: 'sftp://h', detail: 'x' }).report(),
    sha256: undefined as never,
  })
  await keepQuarantine(context, away)
  const stories = await Promise.all(
    (await readdir(home.quarantine)).map(async (name) => readStory(join(home.quarantine, name))),
  )
  expect(stories.map((story) => [story?.key, story?.file, story?.noFile?.en])).toEqual([
    ['a.txt', null, expect.stringContaining('changed while it was read')],
    ['b.txt', null, 'its source did not give it'],
  ])
})

test('another round of failures tells the new story in the same folder; the copy is not made again', async () => {
  const { home, ledger, context, fail, settleNext, spool, source } = await scene()
  const item = await fail('a.txt')
  await keepQuarantine(context, item, { spooled: await spool() })
  await retryItem(ledger, { id: item.id, by: 'ana', reason: 'mended', nowMs: 4000 })
  const again = await settleNext({ nowMs: 5000, state: 'failed_system' })
  await rm(join(source, 'a.txt'))
  await keepQuarantine(context, again)
  await keepQuarantine(context, again)
  const names = await readdir(home.quarantine)
  expect(names).toHaveLength(1)
  const story = await readStory(join(home.quarantine, names[0] ?? ''))
  expect(story).toMatchObject({ state: 'failed_system', file: { sha256 } })
  expect(story?.attempts).toHaveLength(2)
  expect(story?.history.find(({ by }) => by === 'ana')).toMatchObject({ to: 'pending', reason: 'mended' })
})

test('two who put the same item aside at the same moment leave one whole folder', async () => {
  const { home, context, fail, spool, events } = await scene()
  const item = await fail('a.txt')
  const spooled = await spool()
  await Promise.all([keepQuarantine(context, item, { spooled }), tendQuarantine(context)])
  expect(events.every(({ kind }) => kind === 'quarantined')).toBe(true)
  const names = await readdir(home.quarantine)
  expect(names).toHaveLength(1)
  expect(await readdir(join(home.quarantine, names[0] ?? ''))).toEqual(['item.log', 'original', 'story.json'])
})

test('the folder goes once the item is loaded, and stays while it is pending or discarded', async () => {
  const { home, ledger, context, fail, settleNext, current } = await scene()
  const item = await fail('a.txt')
  await keepQuarantine(context, item)
  const pending = await retryItem(ledger, { id: item.id, by: 'ana', reason: 'mended', nowMs: 4000 })
  if (pending === undefined) throw new Error('not released')
  await keepQuarantine(context, pending)
  await tendQuarantine(context)
  expect(await readdir(home.quarantine)).toHaveLength(1)
  const loaded = await settleNext({ state: 'ready', error: undefined as never, nowMs: 5000 })
  await keepQuarantine(context, loaded)
  expect(await readdir(home.quarantine)).toEqual([])
  expect(await current(item)).toMatchObject({ state: 'ready', quarantine: null, quarantinedMs: null })

  const other = await fail('b.txt')
  await keepQuarantine(context, other)
  await discardItem(ledger, { id: other.id, by: 'ana', reason: 'sent twice', nowMs: 6000 })
  await tendQuarantine(context)
  expect(await readdir(home.quarantine)).toHaveLength(1)
})

test('what a crash left is put in order: folders that are missing, folders of loaded items, drafts of long ago', async () => {
  const { home, ledger, context, fail, settleNext, current } = await scene()
  const loaded = await fail('a.txt')
  await keepQuarantine(context, loaded)
  await retryItem(ledger, { id: loaded.id, by: 'ana', reason: 'mended', nowMs: 4000 })
  // Killed after it was loaded, before its folder went.
  await settleNext({ state: 'ready', error: undefined as never, nowMs: 5000 })
  const failed = await fail('b.txt')
  const draft = join(home.quarantine, '.draft-9_abcdefabcdef.1')
  const fresh = join(home.quarantine, '.draft-8_abcdefabcdef.1')
  const ofDead = join(home.quarantine, '.draft-7_abcdefabcdef.1')
  const going = join(home.quarantine, '.gone-6_abcdefabcdef.1')
  for (const path of [draft, fresh, ofDead, going]) await mkdir(path)
  await writeFile(join(ofDead, 'owner.json'), JSON.stringify(dead))
  await writeFile(join(fresh, 'owner.json'), JSON.stringify(self))
  await utimes(draft, 1, 1)
  const foreign = join(home.quarantine, `${loaded.id}_000000000000`)
  await mkdir(foreign)
  await writeFile(join(foreign, 'story.json'), JSON.stringify({ key: 'of another ledger', version: '1:1' }))
  await tendQuarantine(context)
  expect(await readdir(home.quarantine)).toEqual(
    ['.draft-8_abcdefabcdef.1', `${loaded.id}_000000000000`, `${failed.id}_${sha256.slice(0, 12)}`].toSorted(
      (one, other) => (one < other ? -1 : 1),
    ),
  )
  expect(await current(failed)).toMatchObject({
    quarantine: join(home.quarantine, `${failed.id}_${sha256.slice(0, 12)}`),
  })
})

test('a quarantine that cannot be written to loses no failure: it is told, and made up for later', async () => {
  const { home, context, fail, events, current } = await scene()
  const item = await fail('a.txt')
  await writeFile(home.quarantine, 'a file in its place')
  await keepQuarantine(context, item)
  expect(events).toMatchObject([
    { kind: 'quarantine-failed', error: { code: 'QUARANTINE_FAILED', class: 'system' } },
  ])
  expect(await current(item)).toMatchObject({ state: 'failed_layout', quarantine: null })
  await rm(home.quarantine)
  await tendQuarantine(context)
  expect(events.at(-1)).toMatchObject({ kind: 'quarantined' })
  expect((await current(item))?.quarantine).not.toBeNull()
})

test('no password of an address stands in a story', async () => {
  const { home, context, fail } = await scene()
  const error = new CauceError('DESTINATION_FAILED', {
    url: 'mysql://db',
    detail: 'for etl:s3cret! at db',
  }).report()
  await keepQuarantine(context, await fail('a.txt', { state: 'failed_system', error }))
  const [name = ''] = await readdir(home.quarantine)
  const story = await readFile(join(home.quarantine, name, 'story.json'), 'utf8')
  expect(story).toContain('DESTINATION_FAILED')
  expect(story).not.toContain('s3cret')
})

test('an item bound to another host is left to it', async () => {
  const { home, context, fail } = await scene()
  const item = await fail('a.txt')
  await context.ledger.db
    .updateTable('item')
    .set({ boundHost: 'elsewhere' } as never)
    .where('id', '=', item.id)
    .execute()
  await tendQuarantine(context)
  await chmod(home.folder, 0o700)
  expect(await readdir(home.folder)).not.toContain('quarantine')
})
