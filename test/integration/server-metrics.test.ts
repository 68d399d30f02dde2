import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { requestFiring } from '../../packages/cauce/src/ledger/request-firing.ts'
import { releaseClaim } from '../../packages/cauce/src/ledger/release-claim.ts'
import { handBack } from '../../packages/cauce/src/ledger/hand-back.ts'
import { retryItem } from '../../packages/cauce/src/ledger/retry-item.ts'
import { takeSeat } from '../../packages/cauce/src/ledger/take-seat.ts'
import { ownIdentity } from '../../packages/cauce/src/ledger/process-identity.ts'
import { CauceError } from '../../packages/cauce/src/model/cauce-error.ts'
import { startServer } from '../../packages/cauce/src/server/start-server.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'
import { askPromtool, promtool } from '../servers/promtool.ts'
import { type ServerScene, serverScene, TOKEN } from './server-scene.ts'

const COUNTS = { read: 10, loaded: 7, rejected: 2, skipped: 1, warnings: 1 }
const RULE = { code: 'email:invalid', level: 'error', rows: 2 } as const
const error = new CauceError('DISK_FULL', { path: '/x' }).report()

/** The value of one series; undefined: it is not told. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

async function metricsOf({ ask }: Pick<ServerScene, 'ask'>) {
  const { status, text, headers } = await ask('/metrics')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return { text, of: (series: string) => valueOf(text, series) }
}

/** A clock that stands where it is put. */
function handClock(nowMs = 1_800_000_000_000) {
  return {
    nowMs,
    now() {
      return this.nowMs
    },
    sleep: async (): Promise<void> => new Promise(() => undefined),
  }
}

const judge = await promtool()
const judgeTitle = 'missing' in judge ? ` [NOT RUN: no promtool: ${judge.missing}]` : ''
if ('missing' in judge)
  console.warn(`\n!!! No promtool (${judge.missing}): names of metrics and alert rules are not checked.\n`)

describe.skipIf('missing' in judge)(`promtool${judgeTitle}`, () => {
  const ask = async (args: readonly string[], input?: string) =>
    'missing' in judge ? { code: -1, said: '' } : askPromtool(judge.path, args, input)
  const rules = fileURLToPath(new URL('../../deploy/prometheus/cauce.rules.yml', import.meta.url))

  test('finds nothing wrong with names, units and types, and something where there is', async () => {
    const scene = await serverScene()
    await busyLedger(scene)
    const { text } = await metricsOf(scene)
    expect(await ask(['check', 'metrics'], text)).toEqual({ code: 0, said: '' })
    const spoilt = text.replaceAll('cauce_rows_total', 'cauce_rows')
    expect((await ask(['check', 'metrics'], spoilt)).code).not.toBe(0)
  })

  test('takes the alert rules, and each fires when it should and not before', async () => {
    const checked = await ask(['check', 'rules', rules])
    expect(checked.said).toMatch(/SUCCESS: \d+ rules found/)
    const tested = await ask(['test', 'rules', rules.replace('.rules.yml', '.rules.test.yml')])
    expect(tested.said).toMatch(/SUCCESS/)
    expect(tested.code).toBe(0)
  })

  test('understands everything the dashboard asks', async () => {
    const questions = dashboardQuestions()
    expect(questions.length).toBeGreaterThan(20)
    const folder = await mkdtemp(join(tmpdir(), 'cauce-rules-'))
    onTestFinished(async () => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'dashboard.yml')
    // JSON is YAML.
    const asRules = questions.map((expr, index) => ({ record: `panel_${index}`, expr }))
    await writeFile(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: asRules }] }))
    const { code, said } = await ask(['check', 'rules', file])
    expect(said).toContain(`SUCCESS: ${questions.length} rules found`)
    expect(code).toBe(0)
  })
})

/** What the dashboard asks Prometheus, as it arrives there. */
function dashboardQuestions(): readonly string[] {
  const { panels } = JSON.parse(
    readFileSync(new URL('../../deploy/grafana/cauce.json', import.meta.url), 'utf8'),
  ) as {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[]
  }
  return panels.flatMap(({ targets }) =>
    targets.map(({ expr }) =>
      expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$(pipeline|job)/g, '.*'),
    ),
  )
}

/** A ledger in which everything happened that metrics tell of. */
async function busyLedger({ ledger, record, claim, settle, plan }: ServerScene): Promise<void> {
  const { pipeline } = plan
  await record('a.csv', 'b.csv', 'c.csv', 'd.csv', 'e.csv', 'f.csv')
  const [a, b, c, d] = await claim(4)
  if (a === undefined || b === undefined || c === undefined || d === undefined)
    throw new Error('four were claimed')
  const stages = [
    { state: 'transforming', atMs: a.updatedMs + 2_000 },
    { state: 'loading', atMs: a.updatedMs + 5_000 },
  ] as const
  await settle(a, { state: 'ready_with_rejects', counts: COUNTS, ruleCounts: [RULE], stages })
  await settle(b, { state: 'failed_system', error })
  await handBack(ledger, {
    id: c.id,
    epoch: c.epoch,
    reason: 'x',
    tryUsed: true,
    error,
    dueMs: 1,
    nowMs: 2e12,
  })
  await releaseClaim(ledger, { id: d.id, epoch: d.epoch, reason: 'dead', nowMs: 2e12 })
  await retryItem(ledger, { id: b.id, by: 'ana', reason: 'r', nowMs: 2e12 })
  const seat = { resource: 'mysql://db.invalid', limit: 8, owner: await ownIdentity(), leaseMs: 15_000 }
  await takeSeat(ledger, { ...seat, token: 't', nowMs: Date.now() })
  await requestFiring(ledger, { pipeline, rhythm: 'run', by: 'ana', nowMs: 1 })
}

test('what happens is counted: items, rows, rules, retries, losses, seats, late firings', async () => {
  const scene = await serverScene()
  const before = await metricsOf(scene)
  expect(before.of('cauce_items{pipeline="visits",state="pending"}')).toBe(0)
  await busyLedger(scene)
  await new Promise((resolve) => setTimeout(resolve, 1_050))
  const { of } = await metricsOf(scene)
  const expected = {
    'cauce_items{pipeline="visits",state="pending"}': 5,
    'cauce_items{pipeline="visits",state="ready_with_rejects"}': 1,
    'cauce_item_ends_total{pipeline="visits",state="failed_system"}': 1,
    'cauce_item_ends_total{pipeline="visits",state="ready_with_rejects"}': 1,
    'cauce_rows_total{pipeline="visits",result="loaded"}': 7,
    'cauce_rows_total{pipeline="visits",result="rejected"}': 2,
    'cauce_rows_total{pipeline="visits",result="skipped"}': 1,
    'cauce_row_warnings_total{pipeline="visits"}': 1,
    'cauce_rule_violations_total{pipeline="visits",rule="email:invalid",level="error"}': 2,
    'cauce_item_retries_total{pipeline="visits",level="item"}': 1,
    'cauce_item_retries_total{pipeline="visits",level="later"}': 1,
    'cauce_lease_losses_total{pipeline="visits"}': 1,
    'cauce_stage_duration_seconds_sum{pipeline="visits",stage="extract"}': 2,
    'cauce_stage_duration_seconds_sum{pipeline="visits",stage="transform"}': 3,
    'cauce_stage_duration_seconds_count{pipeline="visits",stage="load"}': 1,
    'cauce_seats{resource="mysql://db.invalid"}': 8,
    'cauce_seats_used{resource="mysql://db.invalid"}': 1,
    'cauce_firings_late{pipeline="visits"}': 1,
    'cauce_queue_items{pipeline="visits"}': 5,
    cauce_ledger_up: 1,
  }
  expect(Object.fromEntries(Object.keys(expected).map((series) => [series, of(series)]))).toEqual(expected)
})

/** The counters of rows and ends, as another process on the same ledger tells them from its start on. */
async function restarted({ ledger, plan, folder }: ServerScene) {
  const server = await startServer({
    ledger,
    project: { folder, pipelines: [{ name: 'visits', file: 'visits.ts', plan }] },
    health: () => ({ waiting: [], isStopping: false }),
    clock: { now: () => Date.now(), sleep: async () => new Promise(() => undefined) },
    port: 0,
    token: { value: TOKEN, from: 'environment' },
    version: 'x',
  })
  const ask = async () => {
    const answer = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })
    const text = await answer.text()
    return {
      loaded: valueOf(text, 'cauce_rows_total{pipeline="visits",result="loaded"}'),
      ready: valueOf(text, 'cauce_items{pipeline="visits",state="ready"}'),
      ended: valueOf(text, 'cauce_item_ends_total{pipeline="visits",state="ready"}'),
      rules: valueOf(
        text,
        'cauce_rule_violations_total{pipeline="visits",rule="email:invalid",level="error"}',
      ),
      startedSeconds: valueOf(text, 'process_start_time_seconds'),
    }
  }
  return { ask, close: () => server.close() }
}

test('after a restart totals go on where they were, and what is counted since the start begins at zero', async () => {
  const scene = await serverScene()
  const { record, claim, settle } = scene
  const load = async (...keys: string[]) => {
    await record(...keys)
    for (const item of await claim())
      await settle(item, { state: 'ready', counts: COUNTS, ruleCounts: [RULE] })
  }
  const pause = async () => new Promise((resolve) => setTimeout(resolve, 1_050))
  await load('a', 'b', 'c')
  const first = await restarted(scene)
  expect(await first.ask()).toMatchObject({ loaded: 21, ready: 3, ended: 0, rules: 0 })
  await load('d')
  await pause()
  expect(await first.ask()).toMatchObject({ loaded: 28, ready: 4, ended: 1, rules: 2 })
  await first.close()
  await load('e', 'f')
  const second = await restarted(scene)
  await load('g')
  const seen = await second.ask()
  expect(seen).toMatchObject({ loaded: 49, ready: 7, ended: 1, rules: 2 })
  expect(seen.startedSeconds).toBeGreaterThan(0)
  // Both at once tell the same totals: whoever adds them up counts twice, whoever takes the greatest does not.
  const third = await restarted(scene)
  expect(await third.ask()).toMatchObject({ loaded: 49, ready: 7, ended: 0 })
  await second.close()
  await third.close()
})

test('however items end while metrics are asked for, each is counted once', async () => {
  const scene = await serverScene()
  const { record, claim, settle } = scene
  const keys = Array.from({ length: 60 }, (_, n) => `f${n}`)
  await record(...keys)
  const items = await claim(60)
  const server = await restarted(scene)
  const done = new AbortController()
  const asking = (async () => {
    const seen: number[] = []
    while (!done.signal.aborted) {
      const { loaded, ready } = await server.ask()
      expect(loaded).toBe((ready ?? 0) * 7)
      seen.push(loaded ?? -1)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    return seen
  })()
  for (const item of items) await settle(item, { state: 'ready', counts: COUNTS })
  done.abort()
  const seen = await asking
  expect(seen).toEqual(seen.toSorted((one, other) => one - other))
  await new Promise((resolve) => setTimeout(resolve, 1_050))
  expect(await server.ask()).toMatchObject({ loaded: 420, ready: 60, ended: 60 })
  await server.close()
})

test('a transition that is committed after a later one is counted too, once', async () => {
  const scene = await serverScene()
  const { ledger, record, claim } = scene
  await record('a', 'b')
  const [a, b] = await claim()
  if (a === undefined || b === undefined) throw new Error('two were claimed')
  const server = await restarted(scene)
  expect(await server.ask()).toMatchObject({ loaded: 0, ended: 0 })
  const { id } = await ledger.db
    .selectFrom('transition')
    .select('id')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow()
  const free = { ownerHost: null, ownerPid: null, ownerStart: null, leaseUntilMs: null }
  // As PostgreSQL shows them: b's number was given out after a's, and is seen before it.
  for (const [item, later] of [
    [b, 2],
    [a, 1],
  ] as const) {
    await ledger.db
      .updateTable('item')
      .set({ ...free, state: 'ready', ...COUNTS })
      .where('id', '=', item.id)
      .execute()
    await ledger.db
      .insertInto('transition')
      .values({
        id: id + later,
        itemId: item.id,
        atMs: 5,
        fromState: 'extracting',
        toState: 'ready',
        worker: 'w',
        reason: null,
      })
      .execute()
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    expect(await server.ask()).toMatchObject({ loaded: later === 2 ? 7 : 14, ended: later === 2 ? 1 : 2 })
  }
  await server.close()
})

test('the queue tells how long its first item waits, and firings are late after a minute', async () => {
  const clock = handClock()
  const scene = await serverScene({ clock })
  await scene.record('a', 'b')
  await requestFiring(scene.ledger, { pipeline: 'visits', rhythm: 'run', by: 'ana', nowMs: clock.nowMs })
  clock.nowMs += 59_000
  const early = await metricsOf(scene)
  expect(early.of('cauce_queue_oldest_age_seconds{pipeline="visits"}')).toBe(59)
  expect(early.of('cauce_firings_late{pipeline="visits"}')).toBe(0)
  clock.nowMs += 2_000
  const late = await metricsOf(scene)
  expect(late.of('cauce_firings_late{pipeline="visits"}')).toBe(1)
  expect(late.of('cauce_queue_items{pipeline="visits"}')).toBe(2)
})

test('without a ledger metrics say so, and nothing old', async () => {
  const scene = await serverScene()
  await scene.record('a')
  expect((await metricsOf(scene)).of('cauce_items{pipeline="visits",state="pending"}')).toBe(1)
  await scene.ledger.db.schema.dropTable('seat').execute()
  await new Promise((resolve) => setTimeout(resolve, 1_050))
  const { of, text } = await metricsOf(scene)
  expect(of('cauce_ledger_up')).toBe(0)
  expect(text).not.toMatch(/^cauce_(items|rows_total|queue_items|workers|worker_jobs)[ {]/m)
  expect(of('process_start_time_seconds')).toBeGreaterThan(0)
})

describeNeeding('postgres')('metrics of a ledger on PostgreSQL', () => {
  test('are those of any other', async () => {
    const database = await sharedPostgres().createDatabase()
    const scene = await serverScene({ ledgerUrl: database.url })
    await busyLedger(scene)
    const { of } = await metricsOf(scene)
    expect(of('cauce_rows_total{pipeline="visits",result="loaded"}')).toBe(7)
    expect(of('cauce_items{pipeline="visits",state="pending"}')).toBe(5)
    expect(of('cauce_seats_used{resource="mysql://db.invalid"}')).toBe(1)
    expect(of('cauce_stage_duration_seconds_sum{pipeline="visits",stage="transform"}')).toBe(3)
    expect(of('cauce_firings_late{pipeline="visits"}')).toBe(1)
  })

  test('and so is what the API tells of it', async () => {
    const database = await sharedPostgres().createDatabase()
    const scene = await serverScene({ ledgerUrl: database.url })
    await busyLedger(scene)
    const keys = async (query: string) => {
      const { status, json } = await scene.ask(`/api/v1/items?${query}`)
      expect(status, query).toBe(200)
      return json.items.map(({ key }: { readonly key: string }) => key)
    }
    expect(await keys('limit=2')).toEqual(['f.csv', 'e.csv'])
    expect(await keys('state=ready_with_rejects')).toEqual(['a.csv'])
    expect(await keys('state=pending&state=ready_with_rejects&pipeline=visits&limit=3')).toHaveLength(3)
    expect(await keys('key=B.CSV&state=pending')).toEqual(['b.csv'])
    expect(await keys(`run=${scene.runId}&state=ready_with_rejects`)).toEqual(['a.csv'])
    for (const path of ['status', 'pipelines', 'runs', `runs/${scene.runId}`, 'items/1', 'quarantine'])
      expect((await scene.ask(`/api/v1/${path}`)).status, path).toBe(200)
    for (const path of ['workers', 'seats', 'firings', 'alerts'])
      expect((await scene.ask(`/api/v1/${path}`)).status, path).toBe(200)
  })
})

test('every metric that dashboards and rules ask for is told', async () => {
  const { text } = await metricsOf(await serverScene())
  const told = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name))
  const asked = ['grafana/cauce.json', 'prometheus/cauce.rules.yml'].flatMap((file) => {
    const deployed = readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8')
    return deployed.match(/\b(?:cauce|process|nodejs)_\w+/g) ?? []
  })
  const names = new Set(asked.map((name) => name.replace(/_(bucket|sum|count)$/, '')))
  expect(names.size).toBeGreaterThan(15)
  expect([...names].filter((name) => !told.has(name))).toEqual([])
})
