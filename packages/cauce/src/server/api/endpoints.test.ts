import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { endpoints } from './endpoints.ts'
import { openApiDocument } from './openapi.ts'

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

interface Operation {
  readonly operationId: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly responses: Readonly<Record<string, unknown>>
}

const document = openApiDocument(endpoints, '1.2.3') as unknown as OpenApi
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.values(methods).map((operation) => ({ path, ...operation })),
)

test('every operation has a name of its own, and every parameter of its path is declared', () => {
  expect(operations).toHaveLength(endpoints.length)
  const names = operations.map(({ operationId }) => operationId)
  expect(new Set(names).size).toBe(names.length)
  for (const { path, parameters } of operations) {
    const marks = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = parameters.filter((parameter) => parameter.in === 'path')
    expect(declared.map(({ name }) => name)).toEqual(marks)
    expect(declared.every(({ required }) => required)).toBe(true)
  }
})

test('every reference leads somewhere, and every component is referred to', () => {
  const text = JSON.stringify(document)
  const referred = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name))
  expect(referred).toEqual(new Set(Object.keys(document.components.schemas)))
})

test('every operation tells how it can be refused', () => {
  for (const { responses } of operations)
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '401', '421', '503']))
})

test('the page on the API tells of every operation', () => {
  const page = readFileSync(new URL('../../../../../docs/api.md', import.meta.url), 'utf8')
  for (const { method, path } of endpoints) expect(page).toContain(`${method} /api/v1${path}`)
})
