import { expect, test } from 'vitest'
import { integer, list, named, nullable, object, oneOf, options, text, wholeSchema } from './schema.ts'

test('an object names all its fields and takes no other; options may be left out', () => {
  expect(wholeSchema(object({ a: text(), b: integer({ minimum: 1 }) }))).toEqual({
    type: 'object',
    additionalProperties: false,
    required: ['a', 'b'],
    properties: { a: { type: 'string' }, b: { type: 'integer', minimum: 1 } },
  })
  expect(wholeSchema(options({ a: text() }))).not.toHaveProperty('required')
})

test('what may be null says so, words and references too', () => {
  expect(wholeSchema(nullable(text()))).toEqual({ type: ['string', 'null'] })
  expect(wholeSchema(nullable(oneOf(['a', 'b'])))).toEqual({
    type: ['string', 'null'],
    enum: ['a', 'b', null],
  })
  const inner = named('Inner', object({ a: text() }))
  const referring = nullable(inner).write(({ name }) => ({ $ref: `#/${name}` }))
  expect(referring).toEqual({ anyOf: [{ $ref: '#/Inner' }, { type: 'null' }] })
  expect(wholeSchema(list(nullable(inner)))).toMatchObject({ items: { type: ['object', 'null'] } })
})
