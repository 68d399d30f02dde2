import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { Chance } from '../../examples/visitas/generator/chance.ts'
import { listItems } from '../../packages/cauce/src/ledger/list-items.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { seatUsage } from '../../packages/cauce/src/ledger/seat-usage.ts'
import { processesOf } from '../faults/processes-of.ts'
import { until } from '../faults/until.ts'
import { readTables } from '../visits/visits-tables.ts'
import { MISFORTUNES } from './misfortunes.ts'
import { type StormScene, stormScene, type StormSize } from './storm-scene.ts'

export interface StormRequest extends StormSize {
  /** How long it rages. */
  readonly seconds: number
  readonly say: (line: string) => void
}

/** What came over them. */
export interface StormRecord {
  readonly misfortunes: readonly string[]
  readonly items: number
  /** Items that had used up their tries when it was calm again, and were loaded by a person's run. */
  readonly putAside: number
  /** Tries over all items. */
  readonly attempts: number
}

/** No firing for two seconds, leases of fifteen, items of twenty. */
const CALM_WITHIN_MS = 120_000
const OPEN = ['pending', 'extracting', 'transforming', 'loading']

/**
 * Lets misfortunes of one seed come over two dispatchers and two workers, one after another, while files arrive; then everything is
 * mended, and what is left must be as if nothing had happened: every row once, nothing left over, every seat free.
 * @throws {assert.AssertionError} naming what differs; its seed tells it again
 */
export async function storm(request: StormRequest): Promise<StormRecord> {
  await using scene = await stormScene(request)
  const chance = new Chance(request.seed)
  for (const post of scene.posts) scene.begin(post)
  const misfortunes = await rage(scene, chance, request)
  await mend(scene)
  await until('nothing is pending or in work', () => allEnded(scene, request.files), {
    withinMs: CALM_WITHIN_MS,
    everyMs: 500,
  })
  for (const post of scene.posts) {
    const ended = await post.process?.stop()
    post.process = undefined
    assert.equal(ended?.code, 0, `a ${post.role} told to stop ended with ${ended?.code}: ${ended?.stderr}`)
  }
  const putAside = await loadWhatWasPutAside(scene)
  return { misfortunes, putAside, ...(await expectAsIfNothingHadHappened(scene, request.files)) }
}

async function rage(
  scene: StormScene,
  chance: Chance,
  { seconds, say }: StormRequest,
): Promise<readonly string[]> {
  const told: string[] = []
  const endMs = performance.now() + seconds * 1000
  while (performance.now() < endMs) {
    for (const name of scene.waiting.splice(0, chance.between(1, 3))) scene.deliver(name)
    await pause(chance.between(200, 2_500))
    const line = await chance.weighted(MISFORTUNES)(scene, chance)
    told.push(line)
    say(line)
  }
  for (const name of scene.waiting.splice(0)) scene.deliver(name)
  return told
}

async function mend(scene: StormScene): Promise<void> {
  await scene.toDatabase.heal()
  await scene.toFiles.heal()
  for (const post of scene.posts)
    if (post.process === undefined || post.process.child.exitCode !== null) scene.begin(post)
}

async function allEnded({ ledgerUrl }: StormScene, files: number): Promise<boolean> {
  await using ledger = await openLedger(ledgerUrl)
  const items = await listItems(ledger)
  return items.length >= files && !items.some(({ state }) => OPEN.includes(state))
}

/** Tries used up by one storm are nobody's fault: a person runs it once more. */
async function loadWhatWasPutAside({ visit, ledgerUrl }: StormScene): Promise<number> {
  const failed = async (): Promise<number> => {
    await using ledger = await openLedger(ledgerUrl)
    return (await listItems(ledger, { states: ['failed_system'] })).length
  }
  const putAside = await failed()
  if (putAside === 0) return 0
  const run = await visit.run()
  assert.equal(run.code, 0, `the run after the storm ended with ${run.code}: ${run.stderr}`)
  return putAside
}

async function expectAsIfNothingHadHappened(
  { visit, databaseUrl, ledgerUrl, expected, mariadb }: StormScene,
  files: number,
): Promise<Pick<StormRecord, 'items' | 'attempts'>> {
  const tables = await readTables(databaseUrl)
  for (const name of Object.keys(expected) as (keyof typeof expected)[])
    assert.deepEqual(tables[name], expected[name], `table ${name} differs from the undisturbed run`)
  await using ledger = await openLedger(ledgerUrl)
  const items = await listItems(ledger)
  assert.deepEqual(
    items
      .filter(({ state }) => state !== 'ready' && state !== 'ready_with_rejects')
      .map(({ key, state }) => `${key} ${state}`),
    [],
  )
  assert.equal(items.length, files)
  for (const { key, read, loaded, rejected, skipped } of items)
    assert.equal(loaded + rejected + skipped, read, `the rows of ${key} do not add up`)
  assert.deepEqual(
    (await seatUsage(ledger)).filter(({ held }) => held > 0),
    [],
    'seats are still taken',
  )
  await until('no process is left', () => processesOf(visit).length === 0)
  // What a kill left is cleared by the next process that begins.
  await visit.cauce(['run', 'visitas', '--quiet'])
  assert.deepEqual(visit.leftovers(), [])
  const { pathname } = new URL(databaseUrl)
  const left = await mariadb.query(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_name NOT IN ('bitacora_control', 'cauce_loads', 'cauce_periods', 'cauce_replays', 'errores', 'estadisticas', 'visitantes')",
    [pathname.slice(1)],
  )
  assert.deepEqual(left, [], 'staging tables are left')
  return { items: items.length, attempts: items.reduce((sum, { attempts }) => sum + attempts, 0) }
}
