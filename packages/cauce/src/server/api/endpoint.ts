import type { Clock } from '../../model/clock.ts'
import type { ErrorCodeName } from '../../model/error-codes.ts'
import type { Language } from '../../model/language.ts'
import type { Plan } from '../../model/plan.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import type { LedgerTotals } from '../ledger-totals.ts'
import type { ItemWords } from './item-document.ts'
import type { Fields, ObjectOf, Schema } from './schema.ts'

/** What the server knows of the project it serves. */
export interface ProjectFacts {
  /** The project's folder, for messages. */
  readonly folder: string
  readonly pipelines: readonly { readonly name: string; readonly file: string; readonly plan: Plan }[]
}

/** What every answer is made of. */
export interface ApiContext {
  readonly ledger: Ledger
  readonly project: ProjectFacts
  readonly totals: LedgerTotals
  readonly clock: Clock
  readonly version: string
}

/** A request that fits its schemas. */
export interface ApiRequest<Params extends Fields, Query extends Fields, Headers extends Fields, Body> {
  readonly params: ObjectOf<Params>
  readonly query: Partial<ObjectOf<Query>>
  readonly headers: Partial<ObjectOf<Headers>>
  readonly body: Body
  readonly language: Language
  readonly words: ItemWords
  readonly nowMs: number
}

interface Declared<Params extends Fields, Query extends Fields, Headers extends Fields, Body, Answer> {
  readonly method: 'GET' | 'POST'
  /** Below /api/v1; `{name}` marks a parameter. */
  readonly path: string
  /** Its name in the OpenAPI document. */
  readonly operation: string
  readonly summary: string
  readonly params?: Params
  readonly query?: Query
  readonly headers?: Headers
  readonly body?: Schema<Body>
  readonly answer: {
    readonly status: 200 | 202
    readonly schema: Schema<Answer>
    readonly description: string
  }
  /** What it can be refused with, beside what every request can. */
  readonly errors?: readonly ErrorCodeName[]
  readonly handle: (context: ApiContext, request: ApiRequest<Params, Query, Headers, Body>) => Promise<Answer>
}

/** One operation of the API: its address, its shapes, and what it does. */
export interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly operation: string
  readonly summary: string
  readonly params: Fields
  readonly query: Fields
  readonly headers: Fields
  readonly body: Schema<unknown> | undefined
  readonly answer: { readonly status: number; readonly schema: Schema<unknown>; readonly description: string }
  readonly errors: readonly ErrorCodeName[]
  readonly handle: (
    context: ApiContext,
    request: ApiRequest<Fields, Fields, Fields, unknown>,
  ) => Promise<unknown>
}

/** Declares an endpoint; what its handler is given and answers must fit its own schemas. */
export function endpoint<
  Answer,
  Params extends Fields = Fields,
  Query extends Fields = Fields,
  Headers extends Fields = Fields,
  Body = undefined,
>(declared: Declared<Params, Query, Headers, Body, Answer>): Endpoint {
  const { params = {}, query = {}, headers = {}, body, errors = [], handle } = declared
  return {
    ...declared,
    params,
    query,
    headers,
    body,
    errors,
    // Safe: the request was checked by these very schemas.
    handle: handle as Endpoint['handle'],
  }
}
