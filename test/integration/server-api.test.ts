import { expect, test } from 'vitest'
import { registerWorker } from '../../packages/cauce/src/ledger/register-worker.ts'
import { NO_ROWS } from '../../packages/cauce/src/model/item-state.ts'
import { CauceError } from '../../packages/cauce/src/model/cauce-error.ts'
import { PASSWORD, serverScene, TOKEN } from './server-scene.ts'

const COUNTS = { read: 10, loaded: 7, rejected: 2, skipped: 1, warnings: 1 }

test('a project stands as the ledger says, and no password of a declaration is shown anywhere', async () => {
  const { ask, record, claim, settle, runId, plan } = await serverScene()
  await record('a.csv', 'b.csv', 'c.csv', 'd.csv')
  const [first, second] = await claim(2)
  if (first === undefined || second === undefined) throw new Error('two were claimed')
  const ruleCounts = [{ code: 'email:invalid', level: 'error', rows: 2 }] as const
  await settle(first, { state: 'ready_with_rejects', counts: COUNTS, ruleCounts, backup: 'backup/x' })
  const error = new CauceError('LAYOUT_COLUMNS', { file: 'b.csv', detail: 'opens is missing' }).report()
  await settle(second, { state: 'failed_layout', error })
  const status = await ask('/api/v1/status')
  expect(status.status).toBe(200)
  expect(status.json).toMatchObject({
    version: '0.0.0-test',
    open: 2,
    waitingForPeople: 1,
    pipelines: [
      {
        pipeline: 'visits',
        isDeclared: true,
        tags: ['nightly'],
        planHash: plan.hash,
        paused: null,
        items: { pending: 2, ready_with_rejects: 1, failed_layout: 1 },
        rows: COUNTS,
        lastRun: { run: runId, state: 'running', finishedAt: null },
      },
    ],
  })
  const detail = await ask('/api/v1/pipelines/visits?lang=es')
  expect(detail.headers.get('content-language')).toBe('es')
  expect(detail.json).toMatchObject({
    file: 'visits.ts',
    contract: 'visit',
    columns: [
      { name: 'email', type: 'text' },
      { name: 'opens', type: 'integer' },
    ],
    tables: [
      { name: 'bad', mode: 'append', key: [] },
      { name: 'visits', mode: 'append', key: [] },
    ],
  })
  expect(detail.json.rules).toContainEqual({
    code: 'email:invalid',
    level: 'error',
    column: 'email',
    text: 'email no está bien formado',
    test: expect.any(String) as string,
  })
  const paths = [
    'status',
    'pipelines',
    'pipelines/visits',
    'runs',
    `runs/${runId}`,
    'items',
    `items/${first.id}`,
  ]
  for (const path of [...paths, 'seats', 'firings', 'alerts', 'quarantine', 'workers', 'openapi.json']) {
    const { status: code, text } = await ask(`/api/v1/${path}`)
    expect(code, path).toBe(200)
    expect(text, path).not.toContain(PASSWORD)
  }
})

test('an item is told whole: its story, its attempts, the rules its rows broke, and no row', async () => {
  const { ask, record, claim, settle, runId } = await serverScene()
  await record('informe ñ.csv')
  const [item] = await claim()
  if (item === undefined) throw new Error('it was claimed')
  await settle(item, {
    state: 'ready_with_rejects',
    counts: COUNTS,
    ruleCounts: [
      { code: 'email:invalid', level: 'error', rows: 2 },
      { code: 'opens:below_minimum', level: 'warning', rows: 1 },
    ],
    stages: [{ state: 'transforming', atMs: 1 }],
  })
  const { json } = await ask(`/api/v1/items/${item.id}`)
  expect(json).toEqual({
    ...json,
    id: item.id,
    pipeline: 'visits',
    key: 'informe ñ.csv',
    state: 'ready_with_rejects',
    label: 'COMPLETADO_CON_ERRORES',
    ...COUNTS,
    run: runId,
    worker: null,
    dueAt: null,
    modifiedAt: '1970-01-01T00:00:01.000Z',
    error: null,
    attemptList: [
      {
        number: 1,
        run: runId,
        worker: expect.stringMatching(/:\d+$/) as string,
        startedAt: expect.stringMatching(/Z$/) as string,
        finishedAt: expect.stringMatching(/Z$/) as string,
        outcome: 'ready_with_rejects',
        stage: 'transforming',
        error: null,
      },
    ],
    rules: [
      { code: 'email:invalid', level: 'error', rows: 2, text: 'email is not well formed' },
      { code: 'opens:below_minimum', level: 'warning', rows: 1, text: expect.any(String) as string },
    ],
  })
  expect(json.transitions.map(({ from, to }: { from: string; to: string }) => [from, to])).toEqual([
    [null, 'pending'],
    ['pending', 'extracting'],
    ['extracting', 'transforming'],
    ['transforming', 'ready_with_rejects'],
  ])
  const { json: run } = await ask(`/api/v1/runs/${runId}?lang=es`)
  expect(run.rules[0]).toEqual({
    code: 'email:invalid',
    level: 'error',
    rows: 2,
    items: 1,
    text: 'email no está bien formado',
  })
})

test('items are filtered, and paged so that each is seen once', async () => {
  const { ask, record, claim, settle, runId } = await serverScene()
  await record(...Array.from({ length: 25 }, (_, n) => `report_${n}.csv`), '100%_done.csv')
  for (const item of await claim(5)) await settle(item, { state: 'duplicate', counts: NO_ROWS })
  const seen: string[] = []
  let before = ''
  for (let page = 0; page < 4; page++) {
    const { json } = await ask(`/api/v1/items?limit=10${before}`)
    seen.push(...json.items.map(({ key }: { key: string }) => key))
    if (json.next === null) break
    before = `&before=${json.next}`
  }
  expect(seen).toHaveLength(26)
  expect(new Set(seen).size).toBe(26)
  expect(seen[0]).toBe('100%_done.csv')
  const total = async (query: string) => (await ask(`/api/v1/items?${query}`)).json.items.length
  expect(await total('state=duplicate')).toBe(5)
  expect(await total('state=duplicate&state=pending')).toBe(26)
  expect(await total('key=0%25_')).toBe(1)
  expect(await total('key=REPORT_1')).toBe(11)
  expect(await total(`run=${runId}&pipeline=visits`)).toBe(26)
  expect(await total('pipeline=others')).toBe(0)
})

test('what is asked wrongly is refused by field, in the language asked for', async () => {
  const { ask } = await serverScene()
  const cases = [
    ['/items?sate=ready', 'query: there is no sate.', 'query: no existe sate.'],
    ['/items?state=redy', 'query, state: write one of pending, ', 'query, state: escriba uno de pending, '],
    ['/items?limit=501', 'query, limit: it must be at most 500.', 'query, limit: debe ser a lo sumo 500.'],
    [
      '/items?limit=ten',
      'query, limit: it must be a whole number.',
      'query, limit: debe ser un número entero.',
    ],
    ['/items?before=0', 'query, before: it must be at least 1.', 'query, before: debe ser al menos 1.'],
    ['/items/abc', 'path, id: it must be a whole number.', 'path, id: debe ser un número entero.'],
  ] as const
  for (const [path, en, es] of cases)
    for (const [language, text] of [
      ['en', en],
      ['es-MX,en;q=0.5', es],
    ] as const) {
      const { status, json, headers } = await ask(`/api/v1${path}`, {
        headers: { authorization: 'Bearer a-token-of-the-tests-0123456789', 'accept-language': language },
      })
      expect(status, path).toBe(400)
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
      expect(json).toEqual({
        type: 'urn:cauce:error:http_request',
        title: language === 'en' ? 'Bad request' : 'Petición incorrecta',
        status: 400,
        code: 'HTTP_REQUEST',
        detail: expect.stringContaining(text) as string,
      })
    }
})

test('what is not there is told with the nearest that is', async () => {
  const { ask } = await serverScene()
  const { status, json } = await ask('/api/v1/pipelines/vists')
  expect(status).toBe(404)
  expect(json).toMatchObject({
    code: 'PIPELINE_UNKNOWN',
    detail: expect.stringMatching(/"visits"/) as string,
  })
  expect((await ask('/api/v1/items/99')).json).toMatchObject({ status: 404, code: 'ITEM_UNKNOWN' })
  expect((await ask('/api/v1/runs/none')).json).toMatchObject({ status: 404, code: 'RUN_UNKNOWN' })
  expect((await ask('/api/v2/items?lang=es')).json).toMatchObject({
    status: 404,
    code: 'HTTP_ADDRESS',
    title: 'No encontrado',
    detail: 'No hay nada en GET /api/v2/items. Lo que hay: /api/v1/openapi.json',
  })
})

test('a ledger that fails is told as such, and a fault of ours without what it says', async () => {
  const reported: CauceError[] = []
  const { ask, ledger } = await serverScene({ report: (error) => reported.push(error) })
  await ledger.db.schema.dropTable('seat').execute()
  const { status, json } = await ask('/api/v1/seats')
  expect(status).toBe(503)
  expect(json).toMatchObject({ code: 'LEDGER_FAILED', title: 'Not available' })
  expect(reported.map(({ code }) => code)).toEqual(['LEDGER_FAILED'])
})

const post = (body?: object, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  headers: {
    authorization: `Bearer ${TOKEN}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  },
  ...(body !== undefined && { body: JSON.stringify(body) }),
})

test('a run is asked for once, however often the same request arrives', async () => {
  const { ask } = await serverScene()
  const headers = { 'idempotency-key': 'deploy-7' }
  const asked = await Promise.all(
    Array.from({ length: 5 }, async () => ask('/api/v1/pipelines/visits/runs', post({ by: 'ana' }, headers))),
  )
  expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([202]))
  expect(new Set(asked.map(({ json }) => json.id)).size).toBe(1)
  expect(asked[0]?.json).toMatchObject({
    pipeline: 'visits',
    rhythm: 'run',
    cause: 'manual',
    state: 'waiting',
    requestedBy: 'ana (api)',
    run: null,
  })
  const other = await ask('/api/v1/pipelines/visits/runs', post())
  expect(other.json).toMatchObject({ state: 'waiting', requestedBy: 'api' })
  const { json } = await ask('/api/v1/firings?pipeline=visits&state=waiting')
  expect(json.firings.map(({ id }: { id: number }) => id)).toEqual([other.json.id, asked[0]?.json.id])
  const page = await ask('/api/v1/firings?limit=1')
  expect(page.json.firings).toHaveLength(1)
  const rest = await ask(`/api/v1/firings?limit=1&before=${page.json.next}`)
  expect(rest.json).toMatchObject({ firings: [{ id: asked[0]?.json.id }], next: null })
  expect((await ask('/api/v1/pipelines/nothing/runs', post())).status).toBe(404)
})

test('a pipeline is paused by the first who says so, and goes on', async () => {
  const { ask } = await serverScene()
  const pause = '/api/v1/pipelines/visits/pause'
  const { json } = await ask(pause, post({ by: 'ana', reason: 'the provider mends its files' }))
  expect(json).toEqual({
    pipeline: 'visits',
    paused: {
      at: expect.stringMatching(/Z$/) as string,
      by: 'ana (api)',
      reason: 'the provider mends its files',
    },
  })
  expect((await ask(pause, post({ by: 'beto' }))).json).toEqual(json)
  expect((await ask('/api/v1/pipelines')).json.pipelines[0].paused).toEqual(json.paused)
  const resume = async () => (await ask('/api/v1/pipelines/visits/resume', post())).json
  expect(await resume()).toEqual({ pipeline: 'visits', wasPaused: true })
  expect(await resume()).toEqual({ pipeline: 'visits', wasPaused: false })
})

test('items are cancelled, retried and put first; what cannot be is told and left', async () => {
  const { ask, record, claim, settle } = await serverScene()
  const [waiting] = await record('a.csv', 'b.csv')
  const [first, second] = await claim(2)
  if (waiting === undefined || first === undefined || second === undefined) throw new Error('there are two')
  const at = (id: number, act: string): string => `/api/v1/items/${id}/${act}`
  const asked = await ask(at(first.id, 'cancel'), post({ by: 'ana' }))
  expect(asked.status).toBe(202)
  expect(asked.json).toMatchObject({ state: 'extracting', cancelAskedAt: expect.any(String) as string })
  await settle(second, { state: 'ready', counts: NO_ROWS })
  const refused = await ask(`${at(second.id, 'cancel')}?lang=es`, post())
  expect(refused.status).toBe(409)
  expect(refused.json).toMatchObject({
    code: 'ITEM_STATE',
    title: 'Conflicto',
    detail: `El lote ${second.id} está en ready: solo se puede cancelar lo pendiente o en curso. No se cambió nada.`,
  })
  expect((await ask(at(second.id, 'retry'), post())).status).toBe(409)
  await settle(first, { state: 'failed_system' })
  const retried = await ask(at(first.id, 'retry'), post({ by: 'ana', reason: 'disk replaced' }))
  expect(retried.json).toMatchObject({ state: 'pending' })
  const urgent = await ask(at(first.id, 'priority'), post({ priority: 10 }))
  expect(urgent.json).toMatchObject({ priority: 10 })
  const cancelled = await ask(at(first.id, 'cancel'), post())
  expect(cancelled.json).toMatchObject({ state: 'cancelled' })
  const { json } = await ask(at(first.id, '').slice(0, -1))
  expect(json.transitions.slice(-2)).toMatchObject([
    { from: 'failed_system', to: 'pending', by: 'ana (api)', reason: 'disk replaced' },
    { from: 'pending', to: 'cancelled', by: 'api' },
  ])
  for (const act of ['cancel', 'retry']) expect((await ask(at(99, act), post())).status).toBe(404)
})

test('bodies are checked: unknown fields, wrong types, no JSON, too much of it', async () => {
  const { ask, record } = await serverScene()
  const [item] = await record('a.csv')
  const path = `/api/v1/items/${item?.id}/priority`
  const said = async (init: RequestInit) => {
    const { status, json } = await ask(path, init)
    return [status, json.detail]
  }
  expect(await said(post({ priority: 'high' }))).toEqual([400, 'body, priority: it must be a whole number.'])
  expect(await said(post({ priority: 10_000 }))).toEqual([400, 'body, priority: it must be at most 1000.'])
  expect(await said(post())).toEqual([400, 'body: priority is missing.'])
  expect(await said(post({ priority: 1, urgent: true }))).toEqual([400, 'body: there is no urgent.'])
  const text = { ...post(), body: 'priority=1' }
  expect((await said(text))[0]).toBe(415)
  const json = (body: string) => ({ ...post({}), body })
  expect((await said(json('{')))[0]).toBe(400)
  expect((await said(json('{"__proto__": {"priority": 1}}')))[0]).toBe(400)
  expect((await said(json(JSON.stringify({ priority: 1, more: 'x'.repeat(70_000) }))))[0]).toBe(413)
  const key = { 'idempotency-key': 'x'.repeat(201) }
  expect((await ask('/api/v1/pipelines/visits/runs', post({}, key))).json.detail).toBe(
    'header, idempotency-key: it has more than 200 characters.',
  )
})

test('processes are told with what they do, and the silent are noticed', async () => {
  const { ask, ledger } = await serverScene()
  const owner = { host: 'h', pid: 7, start: 's' }
  const said = { owner, roles: 'dispatcher+worker', jobs: 4, cauceVersion: '1.2.3' }
  await registerWorker(ledger, { id: 'w1', ...said, nowMs: Date.now() })
  await registerWorker(ledger, { id: 'w0', ...said, nowMs: Date.now() - 60_000 })
  const { json } = await ask('/api/v1/workers')
  expect(json.workers).toMatchObject([
    {
      id: 'w1',
      host: 'h',
      pid: 7,
      roles: ['dispatcher', 'worker'],
      jobs: 4,
      state: 'working',
      endedAt: null,
    },
    { id: 'w0', state: 'lost' },
  ])
})
