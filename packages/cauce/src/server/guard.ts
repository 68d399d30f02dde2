import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { CauceError } from '../model/cauce-error.ts'
import { isAllowedHost } from './allowed-hosts.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `open`: it asks for no token. What a route does not say is closed. */
    readonly access?: 'open'
  }
}

interface Rules {
  readonly token: string
  readonly host: string
  readonly allowedHosts: readonly string[]
}

/**
 * One hook before anything else of a request, for every request: known addresses, unknown ones, HEAD, OPTIONS. It never looks at the
 * path: a route says for itself that it is open, so no spelling of a path can open another.
 */
export function guard(app: FastifyInstance, { token, host, allowedHosts }: Rules): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
    })
    if (!isAllowedHost(request.headers.host, { host, allowedHosts }))
      throw new CauceError('HTTP_HOST', { host: request.headers.host ?? '' })
    if (!request.is404 && request.routeOptions.config.access === 'open') return
    if (holdsToken(request.headers.authorization, token)) return
    reply.header('www-authenticate', 'Bearer realm="cauce"')
    throw new CauceError('HTTP_TOKEN', {})
  })
}

/** Compared as hashes, in a time that tells nothing of where or whether lengths differ. */
function holdsToken(header: string | undefined, token: string): boolean {
  const shown = /^bearer +(\S+) *$/i.exec(header ?? '')?.[1]
  return shown !== undefined && timingSafeEqual(sha256(shown), sha256(token))
}

function sha256(value: string): Buffer {
  return createHash('sha256').update(value).digest()
}
