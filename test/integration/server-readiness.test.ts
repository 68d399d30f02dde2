import { expect, test } from 'vitest'
import { serverScene } from './server-scene.ts'

const NOW = Date.parse('2026-11-25T02:00:00Z')
const clock = { now: () => NOW, sleep: async (): Promise<void> => new Promise(() => undefined) }
const open = { headers: {} }

test('a process that can do its work is ready, and tells when its scheduler last looked', async () => {
  const scene = await serverScene({ clock })
  const scheduler = { lastTickMs: NOW - 900, silentAfterMs: 30_000, startedMs: 0 }
  scene.health = { waiting: [], isStopping: false, scheduler }
  expect(await scene.ask('/health', open)).toMatchObject({ status: 200, json: { status: 'alive' } })
  expect(await scene.ask('/ready', open)).toMatchObject({
    status: 200,
    json: { status: 'ready', reasons: [], scheduler: { lastTickAt: '2026-11-25T01:59:59.100Z' } },
  })
  scene.health = { waiting: [], isStopping: false }
  expect((await scene.ask('/ready', open)).json).toEqual({ status: 'ready', reasons: [], scheduler: null })
})

test('one that cannot tells why, to anybody and without a password, in the language asked for', async () => {
  const scene = await serverScene({ clock })
  const server = {
    subject: 'mysql://u:secret@db:3306/x',
    tries: 7,
    sinceMs: NOW - 60_000,
    nextTryMs: NOW + 5_000,
  }
  scene.health = {
    waiting: [server],
    isStopping: true,
    scheduler: { lastTickMs: undefined, silentAfterMs: 30_000, startedMs: NOW - 31_000 },
  }
  const { status, json, headers, text } = await scene.ask('/ready?lang=es', open)
  expect(status).toBe(503)
  expect(headers.get('content-language')).toBe('es')
  expect(text).not.toContain('secret')
  expect(json).toEqual({
    status: 'not_ready',
    reasons: [
      {
        reason: 'server_unreachable',
        text: 'No se llega a mysql://db:3306/x; se vuelve a intentar.',
        subject: 'mysql://db:3306/x',
        tries: 7,
        since: '2026-11-25T01:59:00.000Z',
        nextTryAt: '2026-11-25T02:00:05.000Z',
      },
      {
        reason: 'scheduler_silent',
        text: 'El planificador no mira lo pendiente desde 2026-11-25T01:59:29.000Z.',
        subject: null,
        tries: null,
        since: '2026-11-25T01:59:29.000Z',
        nextTryAt: null,
      },
      {
        reason: 'stopping',
        text: 'Se está deteniendo.',
        subject: null,
        tries: null,
        since: null,
        nextTryAt: null,
      },
    ],
    scheduler: { lastTickAt: null },
  })
})

test('without its ledger a process is alive and not ready', async () => {
  const scene = await serverScene()
  await scene.ledger.db.schema
    .dropTable('plan')
    .ifExists()
    .execute()
    .catch(() => undefined)
  await scene.ledger.db.schema
    .alterTable('plan')
    .renameTo('gone')
    .execute()
    .catch(() => undefined)
  const { status, json } = await scene.ask('/ready', open)
  expect(status).toBe(503)
  expect(json.reasons).toMatchObject([{ reason: 'ledger_unreachable', text: 'The ledger does not answer.' }])
  expect((await scene.ask('/health', open)).status).toBe(200)
})

test('a ledger that never answers is no reason never to answer', async () => {
  const scene = await serverScene()
  const silent = {
    ...scene.ledger,
    insist: async <Answer>(): Promise<Answer> => new Promise<Answer>(() => undefined),
  }
  const other = await serverScene({ ledger: silent })
  const begin = performance.now()
  const { status, json } = await other.ask('/ready', open)
  expect(status).toBe(503)
  expect(json.reasons[0].reason).toBe('ledger_unreachable')
  expect(performance.now() - begin).toBeLessThan(4_000)
  const metrics = await other.ask('/metrics')
  expect(metrics.text).toMatch(/^cauce_ledger_up 0$/m)
  expect(performance.now() - begin).toBeLessThan(15_000)
})
