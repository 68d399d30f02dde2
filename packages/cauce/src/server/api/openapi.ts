import { ERROR_CODES, type ErrorCodeName } from '../../model/error-codes.ts'
import { CauceError } from '../../model/cauce-error.ts'
import { problem, statusOf } from '../problem.ts'
import type { Endpoint } from './endpoint.ts'
import { API_PREFIX, languageField } from './register-endpoints.ts'
import type { Fields, JsonSchema, Schema } from './schema.ts'

/** What any request can be refused with. */
const ALWAYS: readonly ErrorCodeName[] = ['HTTP_REQUEST', 'HTTP_TOKEN', 'HTTP_HOST', 'LEDGER_FAILED']

const BEARER = [{ token: [] }]

/** The OpenAPI 3.1 document of these endpoints, made of the schemas that check and write what passes. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): JsonSchema {
  const components: Record<string, JsonSchema> = {}
  const referring = (schema: Schema<unknown>): JsonSchema => {
    const { name } = schema
    if (name === undefined) return schema.write(referring)
    components[name] ??= schema.write(referring)
    return { $ref: `#/components/schemas/${name}` }
  }
  const paths: Record<string, Record<string, JsonSchema>> = {}
  for (const endpoint of endpoints)
    (paths[`${API_PREFIX}${endpoint.path}`] ??= {})[endpoint.method.toLowerCase()] = operation(
      endpoint,
      referring,
    )
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cauce',
      version,
      description: 'Pipelines, runs and items of a Cauce project. Times are ISO 8601, UTC. No rows of data.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: BEARER,
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'CAUCE_TOKEN, or what the file token in the home folder holds',
        },
      },
    },
  }
}

function operation(endpoint: Endpoint, referring: (schema: Schema<unknown>) => JsonSchema): JsonSchema {
  const { operation: operationId, summary, params, query, headers, body, answer, errors } = endpoint
  return {
    operationId,
    summary,
    parameters: [
      ...parameters('path', params, referring),
      ...parameters('query', { ...query, ...languageField }, referring),
      ...parameters('header', headers, referring),
    ],
    ...(body !== undefined && { requestBody: requestBody(referring(body)) }),
    responses: {
      [answer.status]: {
        description: answer.description,
        content: { 'application/json': { schema: referring(answer.schema) } },
      },
      ...refusals([...ALWAYS, ...errors], referring),
    },
  }
}

function requestBody(schema: JsonSchema): JsonSchema {
  return { required: 'required' in schema, content: { 'application/json': { schema } } }
}

function parameters(
  place: 'path' | 'query' | 'header',
  fields: Fields,
  referring: (schema: Schema<unknown>) => JsonSchema,
): readonly JsonSchema[] {
  return Object.entries(fields).map(([name, field]) => {
    const { description, ...schema } = referring(field)
    return {
      name,
      in: place,
      required: place === 'path',
      ...(description !== undefined && { description }),
      schema,
    }
  })
}

function refusals(
  codes: readonly ErrorCodeName[],
  referring: (schema: Schema<unknown>) => JsonSchema,
): JsonSchema {
  const byStatus = Map.groupBy(codes, (code) => statusOf(new CauceError(code, {})))
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([one], [other]) => one - other)
      .map(([status, named]) => [
        status,
        {
          description: named.map((code) => `${code}: ${ERROR_CODES[code].text.en}`).join('\n\n'),
          content: { 'application/problem+json': { schema: referring(problem) } },
        },
      ]),
  )
}
