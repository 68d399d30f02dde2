import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { endpoints } from '../../packages/cauce/src/server/api/endpoints.ts'
import { serverToken } from '../../packages/cauce/src/server/server-token.ts'
import { serverScene, statusWithHost, TOKEN } from './server-scene.ts'

const addresses = endpoints.map(({ method, path }) => ({
  method,
  path: `/api/v1${path.replace('{name}', 'visits').replace('{id}', '1')}`,
}))
const closed = [
  ...addresses,
  { method: 'GET', path: '/metrics' },
  { method: 'GET', path: '/api/v1/openapi.json' },
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/api' },
  { method: 'GET', path: '/nowhere' },
  { method: 'DELETE', path: '/api/v1/items/1' },
  { method: 'OPTIONS', path: '/api/v1/status' },
  { method: 'HEAD', path: '/api/v1/status' },
  { method: 'POST', path: '/health' },
]

test('everything but /health and /ready asks for the token, also what does not exist', async () => {
  const { ask } = await serverScene()
  expect(closed.length).toBeGreaterThan(18)
  for (const { method, path } of closed)
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: TOKEN }]) {
      const { status, headers: told } = await ask(path, { method, headers })
      expect(status, `${method} ${path}`).toBe(401)
      expect(told.get('www-authenticate')).toBe('Bearer realm="cauce"')
    }
  for (const path of ['/health', '/ready'])
    for (const method of ['GET', 'HEAD']) {
      const { status } = await ask(path, { method, headers: {} })
      expect(status, `${method} ${path}`).toBe(200)
    }
})

test('no spelling of an open path opens a closed one', async () => {
  const { ask } = await serverScene()
  const spellings = [
    '/health/',
    '/health/../metrics',
    '/health%2f..%2fmetrics',
    '//metrics',
    '/metrics/health',
  ]
  const more = [
    '/ready;/api/v1/status',
    '/api/v1/status?/health',
    '/api/v1/status#/ready',
    '/METRICS',
    '/%6detrics',
  ]
  for (const path of [...spellings, ...more]) {
    const { status } = await ask(path, { headers: {} })
    expect(status, path).toBe(401)
  }
})

test('a path nobody can read is refused as a problem, without being routed', async () => {
  const { ask } = await serverScene()
  const { status, json, headers } = await ask('/api/v1/items/%zz', { headers: {} })
  expect(status).toBe(400)
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(json).toMatchObject({ code: 'HTTP_REQUEST', status: 400 })
})

test('metrics can be opened, and only they', async () => {
  const { ask } = await serverScene({ openMetrics: true })
  const { status } = await ask('/metrics', { headers: {} })
  expect(status).toBe(200)
  expect((await ask('/api/v1/status', { headers: {} })).status).toBe(401)
})

test('a request under a name that is not ours is refused, token or not', async () => {
  const { url } = await serverScene({ allowedHosts: ['cauce.internal'] })
  const { port } = new URL(url)
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, '[::1]', 'LOCALHOST.', 'Cauce.Internal:80'])
    expect(await statusWithHost(`${url}/api/v1/status`, host), host).toBe(200)
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    '10.1.2.3',
    'a@localhost',
  ])
    for (const path of ['/api/v1/status', '/ready', '/health', '/nowhere'])
      expect(await statusWithHost(url + path, host), `${host} ${path}`).toBe(421)
})

test('what other machines can reach is started only with a token somebody set', async () => {
  const token = { value: TOKEN, from: 'file' } as const
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'a-machine'])
    await expect(serverScene({ host, token })).rejects.toMatchObject({ code: 'SERVER_EXPOSED' })
  const { url } = await serverScene({ host: '0.0.0.0', token: { value: TOKEN, from: 'environment' } })
  const { port } = new URL(url)
  expect(await statusWithHost(`http://127.0.0.1:${port}/ready`, '10.1.2.3')).toBe(200)
  expect(await statusWithHost(`http://127.0.0.1:${port}/ready`, 'evil.example')).toBe(421)
})

test('a port that is taken is told with what to do', async () => {
  const { url } = await serverScene()
  const port = Number(new URL(url).port)
  await expect(serverScene({ port })).rejects.toMatchObject({
    code: 'SERVER_LISTEN',
    message: expect.stringMatching(/--port/) as string,
  })
})

test('the token is made once, for its owner alone, and is the same for all who begin at once', async () => {
  const home = await scratchHome()
  const tokens = await Promise.all(Array.from({ length: 8 }, async () => serverToken(home, {})))
  expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
  const [token] = tokens
  expect(token).toMatchObject({ from: 'file', value: expect.stringMatching(/^[\w-]{43}$/) as string })
  expect((await stat(join(home, 'token'))).mode & 0o777).toBe(0o600)
  expect((await readFile(join(home, 'token'), 'utf8')).trim()).toBe(token?.value)
  expect(await serverToken(home, { CAUCE_TOKEN: TOKEN })).toEqual({ value: TOKEN, from: 'environment' })
})

test('a token others can read, or one that can be guessed, is refused with what to do', async () => {
  const home = await scratchHome()
  await writeFile(join(home, 'token'), `${TOKEN}\n`, { mode: 0o644 })
  await chmod(join(home, 'token'), 0o644)
  await expect(serverToken(home, {})).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/chmod 600/) as string,
  })
  for (const CAUCE_TOKEN of ['short', 'with blanks in between them', `${TOKEN}\n`, 'ñandúñandúñandúñandú'])
    await expect(serverToken(home, { CAUCE_TOKEN })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})

test('no answer may be kept, framed or read as something else', async () => {
  const { ask } = await serverScene()
  for (const path of ['/health', '/metrics', '/api/v1/status', '/nowhere']) {
    const { headers } = await ask(path)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/)
    expect(headers.get('access-control-allow-origin')).toBeNull()
  }
})

test('closing finishes requests in hand, takes no others, and waits for nobody for ever', async () => {
  const { url, close, ask } = await serverScene({ closeWithinMs: 300 })
  const port = Number(new URL(url).port)
  // One that says half of its request, and one that has said nothing yet.
  const half = createConnection(port, '127.0.0.1')
  half
    .on('error', () => undefined)
    .write('POST /api/v1/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n')
  const silent = createConnection(port, '127.0.0.1')
  silent.on('error', () => undefined)
  await new Promise((resolve) => silent.once('connect', resolve))
  const inHand = ask('/api/v1/status')
  const begin = performance.now()
  await new Promise((resolve) => setTimeout(resolve, 20))
  await Promise.all([close(), close()])
  expect(performance.now() - begin).toBeLessThan(2_000)
  expect((await inHand).status).toBe(200)
  await expect(ask('/health')).rejects.toThrow(/fetch failed/)
})

async function scratchHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'cauce-token-'))
  onTestFinished(async () => rm(home, { recursive: true, force: true }))
  return home
}
