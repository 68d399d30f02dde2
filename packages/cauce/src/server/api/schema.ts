/** A JSON Schema (2020-12, as OpenAPI 3.1 has it) as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * The shape of a value, said once: answers are written by it (what it does not name is dropped), requests are checked by it,
 * the OpenAPI document shows it, and `TypeOf` is its TypeScript type.
 */
export interface Schema<Type> {
  /** Makes it a component of the OpenAPI document. */
  readonly name?: string
  /** Its JSON schema; `nested` writes the schemas inside of it. */
  readonly write: (nested: (inner: Schema<unknown>) => JsonSchema) => JsonSchema
  /** For the compiler alone; never there. */
  readonly type?: Type
}

export type TypeOf<Shape> = Shape extends Schema<infer Type> ? Type : never

/** The schemas of an object's fields. */
export type Fields = Readonly<Record<string, Schema<unknown>>>
export type ObjectOf<Given extends Fields> = { readonly [Name in keyof Given]: TypeOf<Given[Name]> }

interface Notes {
  readonly description?: string
}

/** The whole schema in one piece, without references. */
export function wholeSchema(schema: Schema<unknown>): JsonSchema {
  return schema.write(wholeSchema)
}

export function text(notes: Notes & { readonly maxLength?: number; readonly pattern?: string } = {}) {
  return plain<string>({ type: 'string', ...notes })
}

export function integer(notes: Notes & { readonly minimum?: number; readonly maximum?: number } = {}) {
  return plain<number>({ type: 'integer', ...notes })
}

export function flag(notes: Notes = {}) {
  return plain<boolean>({ type: 'boolean', ...notes })
}

/** A point in time: ISO 8601, UTC. */
export function moment(notes: Notes = {}) {
  return plain<string>({ type: 'string', format: 'date-time', ...notes })
}

export function oneOf<const Word extends string>(words: readonly Word[], notes: Notes = {}) {
  return plain<Word>({ type: 'string', enum: words, ...notes })
}

/** Any JSON object. */
export function anyObject(notes: Notes = {}) {
  return plain<Readonly<Record<string, unknown>>>({ type: 'object', additionalProperties: true, ...notes })
}

/** Numbers under names that are known only when it is written. */
export function tally(notes: Notes = {}) {
  return plain<Readonly<Record<string, number>>>({
    type: 'object',
    additionalProperties: { type: 'integer' },
    ...notes,
  })
}

export function list<Type>(of: Schema<Type>, notes: Notes & { readonly maxItems?: number } = {}) {
  return made<readonly Type[]>((nested) => ({ type: 'array', items: nested(of), ...notes }))
}

export function nullable<Type>(schema: Schema<Type>) {
  return made<Type | null>((nested) => {
    const inner = nested(schema)
    if (typeof inner['type'] !== 'string') return { anyOf: [inner, { type: 'null' }] }
    const words = inner['enum'] as readonly string[] | undefined
    return {
      ...inner,
      type: [inner['type'], 'null'],
      ...(words !== undefined && { enum: [...words, null] }),
    }
  })
}

/** An object that has all of these fields, and no other. */
export function object<Given extends Fields>(fields: Given, notes: Notes = {}): Schema<ObjectOf<Given>> {
  return made((nested) => ({
    type: 'object',
    additionalProperties: false,
    required: Object.keys(fields),
    properties: written(fields, nested),
    ...notes,
  }))
}

/** An object that may have these fields, and no other. */
export function options<Given extends Fields>(fields: Given): Schema<Partial<ObjectOf<Given>>> {
  return made((nested) => ({
    type: 'object',
    additionalProperties: false,
    properties: written(fields, nested),
  }))
}

export function named<Type>(name: string, schema: Schema<Type>): Schema<Type> {
  return { ...schema, name }
}

function written(fields: Fields, nested: (inner: Schema<unknown>) => JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, nested(schema)]))
}

function plain<Type>(json: JsonSchema): Schema<Type> {
  return made<Type>(() => json)
}

function made<Type>(write: Schema<Type>['write']): Schema<Type> {
  return { write }
}
