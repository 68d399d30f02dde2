import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CliScene, HEADER } from '../cli/cli-scene.ts'
import { until } from '../faults/until.ts'
import { freePort } from '../servers/free-port.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'
import { startTcpProxy } from '../servers/tcp-proxy.ts'

const TOKEN = 'a-token-of-the-tests-0123456789'

/** `cauce up` with its server, as people start it. */
async function up(
  scene: CliScene,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  command = 'up',
) {
  const port = await freePort()
  const started = scene.start([command, '--jobs', '1', '--port', String(port), ...words], env)
  const url = `http://127.0.0.1:${port}`
  const ask = async (path: string, init: RequestInit = {}) => fetch(url + path, init).catch(() => undefined)
  await until('it answers', async () => (await ask('/health'))?.status === 200, { withinMs: 30_000 })
  return { ...started, url, ask }
}

test(
  'what is asked of the server is done by the process, told by it, and over with it',
  { timeout: 120_000 },
  async () => {
    using scene = new CliScene()
    scene.write('entrada/1.csv', `${HEADER}a@b.mx,1,01/01/2026\nmal,2,01/01/2026\n`)
    const process = await up(scene, [])
    const tokenFile = join(scene.folder, '.cauce/token')
    expect(statSync(tokenFile).mode & 0o777).toBe(0o600)
    const headers = { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` }
    await until('it is ready', async () => (await process.ask('/ready'))?.status === 200)
    expect((await process.ask('/api/v1/status'))?.status).toBe(401)
    const triggered = await process.ask('/api/v1/pipelines/ventas/runs', { method: 'POST', headers })
    expect(triggered?.status).toBe(202)
    const items = async () => {
      const answer = await process.ask('/api/v1/items?state=ready_with_rejects', { headers })
      if (answer === undefined) return undefined
      const { items: found } = (await answer.json()) as {
        readonly items: readonly Record<string, unknown>[]
      }
      return found.length === 1 ? found : undefined
    }
    expect(await until('the file is loaded', items, { withinMs: 60_000 })).toMatchObject([
      { key: '1.csv', read: 2, loaded: 1, rejected: 1 },
    ])
    const metrics = await (await process.ask('/metrics', { headers }))?.text()
    expect(metrics).toContain('cauce_rows_total{pipeline="ventas",result="loaded"} 1')
    expect(metrics).toContain('cauce_workers{state="working"} 1')
    expect(metrics).toMatch(/^cauce_scheduler_last_tick_timestamp_seconds \d{10}/m)
    process.child.kill('SIGTERM')
    const ended = await process.ended
    expect(ended.code, ended.stderr).toBe(0)
    expect(await process.ask('/health')).toBeUndefined()
  },
)

test('a dispatcher and a worker answer probes where they are given a port, and none where they are not', async () => {
  using scene = new CliScene()
  const [dispatcher, worker] = await Promise.all([
    up(scene, [], {}, 'dispatcher'),
    up(scene, [], {}, 'worker'),
  ])
  const ready = async ({ ask }: typeof worker) =>
    until('it is ready', async () => {
      const answer = await ask('/ready')
      if (answer?.status !== 200) return undefined
      const said = (await answer.json()) as { readonly scheduler: { readonly lastTickAt: unknown } | null }
      return said.scheduler?.lastTickAt === null ? undefined : said
    })
  expect(await ready(dispatcher)).toMatchObject({ scheduler: { lastTickAt: expect.any(String) as string } })
  // Who fires nothing is not unready for being silent.
  expect(await ready(worker)).toMatchObject({ status: 'ready', scheduler: null })
  for (const { child } of [dispatcher, worker]) child.kill('SIGTERM')
  expect([(await dispatcher.ended).code, (await worker.ended).code]).toEqual([0, 0])
})

test('names are allowed by option, and others refused', async () => {
  using scene = new CliScene()
  const words = ['--host', '0.0.0.0', '--allow-host', 'localhost.example', '--open-metrics']
  const refused = await scene.cauce(['up', '--port', String(await freePort()), ...words])
  expect(refused.code).toBe(78)
  expect(refused.stderr).toContain('CAUCE_TOKEN')
  const process = await up(scene, words, { CAUCE_TOKEN: TOKEN })
  expect((await process.ask('/metrics'))?.status).toBe(200)
  process.child.kill('SIGTERM')
  expect((await process.ended).code).toBe(0)
})

describeNeeding('postgres')('a ledger on another machine', () => {
  test(
    'that is away at the start is waited for, and /ready tells so until it is there',
    { timeout: 120_000 },
    async () => {
      using scene = new CliScene()
      const database = await sharedPostgres().createDatabase()
      await using proxy = await startTcpProxy({ host: '127.0.0.1', port: sharedPostgres().port })
      await proxy.refuse()
      const process = await up(scene, ['--ledger', proxy.urlFor(database.url)], { CAUCE_TOKEN: TOKEN })
      const told = await until('it says what it waits for', async () => {
        const answer = await process.ask('/ready')
        expect(answer?.status).toBe(503)
        const text = (await answer?.text()) ?? ''
        return text.includes('server_unreachable') && text
      })
      expect(told).not.toContain(new URL(database.url).password)
      expect(JSON.parse(told)).toMatchObject({
        status: 'not_ready',
        reasons: [
          { reason: 'ledger_unreachable' },
          { reason: 'server_unreachable', subject: 'ledger', tries: expect.any(Number) as number },
        ],
      })
      const headers = { authorization: `Bearer ${TOKEN}` }
      const refused = await process.ask('/api/v1/items', { headers })
      expect(await refused?.json()).toMatchObject({ status: 503, code: 'LEDGER_UNREACHABLE' })
      expect(await (await process.ask('/metrics', { headers }))?.text()).toContain('cauce_ledger_up 0')
      await proxy.heal()
      await until('it is ready', async () => (await process.ask('/ready'))?.status === 200, {
        withinMs: 60_000,
      })
      expect(await (await process.ask('/metrics', { headers }))?.text()).toContain('cauce_ledger_up 1')
      process.child.kill('SIGTERM')
      const ended = await process.ended
      expect(ended.code, ended.stderr).toBe(0)
    },
  )
})
