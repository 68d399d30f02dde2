import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { isLoopback } from './allowed-hosts.ts'
import { endpoints } from './api/endpoints.ts'
import type { ProjectFacts } from './api/endpoint.ts'
import { openApiDocument } from './api/openapi.ts'
import { API_PREFIX, registerEndpoints } from './api/register-endpoints.ts'
import { endsWithin } from './ends-within.ts'
import { guard } from './guard.ts'
import type { Health } from './health.ts'
import { ServerMetrics } from './metrics/server-metrics.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { ReadinessCheck } from './readiness.ts'
import { registerProbes } from './register-probes.ts'
import { requestError } from './request-error.ts'
import { requestLanguage } from './request-language.ts'
import type { ServerToken } from './server-token.ts'

export interface ServerRequest {
  readonly ledger: Ledger
  readonly project: ProjectFacts
  readonly health: () => Health
  readonly clock: Clock
  /** 0: any that is free. */
  readonly port: number
  /** An address of this machine. Default: 127.0.0.1, which only this machine can reach. */
  readonly host?: string
  readonly token: ServerToken
  /** Of Cauce. */
  readonly version: string
  /** Names other than addresses that requests may ask for it by, such as that of a container or of a proxy. */
  readonly allowedHosts?: readonly string[]
  /** `/metrics` asks for no token. */
  readonly openMetrics?: boolean
  /** Requests in hand may take this long when it is closed. Default: 5 s. */
  readonly closeWithinMs?: number
  /** Told of faults of ours and of failures, once each: whoever asked is not told the stack. */
  readonly report?: (error: CauceError) => void
}

export interface RunningServer extends AsyncDisposable {
  /** Where it listens: http://127.0.0.1:4200 */
  readonly url: string
  /** Finishes the requests in hand, takes no others, and is gone within `closeWithinMs`. */
  close(): Promise<void>
}

const CLOSE_WITHIN_MS = 5_000

/** Probes must answer also while the ledger does not. */
const BEGIN_WITHIN_MS = 2_000
const BEGIN_AGAIN_MS = 1_000

/**
 * Serves probes, metrics and the API of a project.
 * @throws {CauceError} SERVER_EXPOSED: other machines could reach it and nobody set a token; SERVER_LISTEN: the port is taken
 */
export async function startServer(request: ServerRequest): Promise<RunningServer> {
  const { token, port, closeWithinMs = CLOSE_WITHIN_MS } = request
  const host = request.host ?? '127.0.0.1'
  if (!isLoopback(host) && token.from !== 'environment') throw new CauceError('SERVER_EXPOSED', { host })
  const metrics = new ServerMetrics(request)
  const app = appOf(request, host, metrics)
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    metrics.close()
    const detail = error instanceof Error ? error.message : String(error)
    throw new CauceError('SERVER_LISTEN', { host, port, detail }, { cause: error })
  }
  const closed = new AbortController()
  await endsWithin(request.clock, BEGIN_WITHIN_MS, beginCounting(metrics, request.clock, closed.signal))
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    closed.abort()
    return (closing ??= closeApp(app, closeWithinMs).finally(() => metrics.close()))
  }
  return { url: urlOf(host, app), close, [Symbol.asyncDispose]: close }
}

/** Counts from now on, or from when the ledger answers. */
async function beginCounting({ totals }: ServerMetrics, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted)
    try {
      await totals.begin()
      return
    } catch {
      // Whoever asks for metrics meanwhile is told that the ledger is away.
      await clock.sleep(BEGIN_AGAIN_MS, signal).catch(() => undefined)
    }
}

function appOf(request: ServerRequest, host: string, metrics: ServerMetrics): FastifyInstance {
  const { ledger, project, health, clock, token, version, allowedHosts = [], openMetrics = false } = request
  const refuse = (caught: unknown, asked: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { error, status } = requestError(caught, ledger.displayUrl)
    if (status >= 500) request.report?.(error)
    const language = requestLanguage(asked)
    return reply
      .code(status)
      .header('content-language', language)
      .type(PROBLEM_TYPE)
      .send(JSON.stringify(problemOf(error, language, status)))
  }
  const app = Fastify({
    // Nothing here is large; a slow sender may not keep a connection.
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    handlerTimeout: 60_000,
    keepAliveTimeout: 20_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1_000 },
    // A filter we do not have is refused, not passed over: its answer would be taken for another's.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', useDefaults: false } },
    frameworkErrors: (caught, asked, reply) => {
      refuse(caught, asked, reply)
    },
  })
  app.removeContentTypeParser('text/plain')
  guard(app, { token: token.value, host, allowedHosts })
  app.setErrorHandler((caught, asked: FastifyRequest, reply: FastifyReply) => refuse(caught, asked, reply))
  app.setNotFoundHandler(async (asked) => {
    throw new CauceError('HTTP_ADDRESS', { method: asked.method, path: pathOf(asked.url) })
  })
  registerProbes(app, new ReadinessCheck(ledger, clock, health))
  app.get('/metrics', openMetrics ? { config: { access: 'open' } } : {}, async (_asked, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  )
  registerEndpoints(app, endpoints, { ledger, project, totals: metrics.totals, clock, version })
  const openApi = JSON.stringify(openApiDocument(endpoints, version))
  app.get(`${API_PREFIX}/openapi.json`, async (_asked, reply) =>
    reply.type('application/json; charset=utf-8').send(openApi),
  )
  return app
}

/** Whoever keeps a request open, or never reads its answer, does not keep us: after a while its connection is cut. */
async function closeApp(app: FastifyInstance, withinMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), withinMs)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
  }
}

function pathOf(url: string): string {
  return (url.split('?')[0] ?? '').slice(0, 200)
}

function urlOf(host: string, app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo
  const shown = host === 'localhost' ? host : family === 'IPv6' ? `[${address}]` : address
  return `http://${shown}:${port}`
}
