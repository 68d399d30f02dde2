import type { FastifyInstance } from 'fastify'
import { object, oneOf, wholeSchema } from './api/schema.ts'
import { type ReadinessCheck, readinessSchema } from './readiness.ts'
import { requestLanguage } from './request-language.ts'

const aliveSchema = object({ status: oneOf(['alive']) })

/** `/health`: the process answers. `/ready`: it can do its work; else 503 with the reasons. Both are open to anybody. */
export function registerProbes(app: FastifyInstance, readiness: ReadinessCheck): void {
  app.get(
    '/health',
    { config: { access: 'open' }, schema: { response: { 200: wholeSchema(aliveSchema) } } },
    async () => ({ status: 'alive' }),
  )
  const answer = wholeSchema(readinessSchema)
  app.get(
    '/ready',
    { config: { access: 'open' }, schema: { response: { 200: answer, 503: answer } } },
    async (request, reply) => {
      const language = requestLanguage(request)
      const found = await readiness.read(language)
      return reply
        .code(found.status === 'ready' ? 200 : 503)
        .header('content-language', language)
        .send(found)
    },
  )
}
