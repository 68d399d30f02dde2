import type { FastifyInstance } from 'fastify'
import { labelOf } from '../../ops/run-document.ts'
import { requestLanguage } from '../request-language.ts'
import type { ApiContext, ApiRequest, Endpoint } from './endpoint.ts'
import { type Fields, oneOf, options, object, wholeSchema } from './schema.ts'

export const API_PREFIX = '/api/v1'

/** Every address takes it, as Accept-Language. */
export const languageField = { lang: oneOf(['en', 'es'], { description: 'Language of texts' }) }

/** Gives each endpoint its route: requests are checked by its schemas, answers written by them. */
export function registerEndpoints(
  app: FastifyInstance,
  endpoints: readonly Endpoint[],
  context: ApiContext,
): void {
  const plans = new Map(context.project.pipelines.map(({ name, plan }) => [name, plan]))
  const label: ApiRequest<Fields, Fields, Fields, undefined>['words']['labelOf'] = ({ pipeline, state }) =>
    labelOf(state, plans.get(pipeline) ?? { states: {} })
  for (const { method, path, params, query, headers, body, answer, handle } of endpoints)
    app.route({
      method,
      url: `${API_PREFIX}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      schema: {
        params: wholeSchema(object(params)),
        querystring: wholeSchema(options({ ...query, ...languageField })),
        // Clients send many headers of their own: ours are checked, others let through.
        headers: { ...wholeSchema(options(headers)), additionalProperties: true },
        ...(body !== undefined && { body: wholeSchema(body) }),
        response: { [answer.status]: wholeSchema(answer.schema) },
      },
      // A body that may be left out altogether is checked as an empty one.
      ...(body !== undefined && {
        preValidation: async (request) => {
          request.body ??= {}
        },
      }),
      handler: async (request, reply) => {
        const language = requestLanguage(request)
        reply.code(answer.status).header('content-language', language)
        return handle(context, {
          params: request.params as ApiRequest<Fields, Fields, Fields, unknown>['params'],
          query: request.query as Readonly<Record<string, unknown>>,
          headers: request.headers,
          body: request.body,
          language,
          words: { language, labelOf: label },
          nowMs: context.clock.now(),
        })
      },
    })
}
