import { CauceError } from '../model/cauce-error.ts'
import type { Language } from '../model/language.ts'
import type { Redact } from './redactor.ts'

/** What JSON can say. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue }

const MOST_DEPTH = 6
const MOST_ENTRIES = 100
/** A line goes to the file in one piece, and is read by people. */
const MOST_CHARACTERS = 4_000
/** As much of a long text is looked at; secrets at its end may be cut in half, and are cut away with `SEAM`. */
const MOST_READ = 64_000
const SEAM = 16_000

/**
 * Any value as plain data with every text redacted, names of fields included: errors with their causes, maps, sets, dates; not
 * the contents of buffers. Never throws, never calls what the value brings (`toJSON`, getters).
 */
export function plainValue(value: unknown, redact: Redact, language: Language): PlainValue {
  return new Plain(redact, language).value(value, 0)
}

class Plain {
  readonly #redact: Redact
  readonly #language: Language
  readonly #above = new Set<object>()

  constructor(redact: Redact, language: Language) {
    this.#redact = redact
    this.#language = language
  }

  value(value: unknown, depth: number): PlainValue {
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'number':
        return Number.isFinite(value) ? value : String(value)
      case 'boolean':
        return value
      case 'bigint':
        return String(value)
      case 'undefined':
        return null
      case 'symbol':
      case 'function':
        return `[${typeof value}]`
      case 'object':
        return value === null ? null : this.#object(value, depth)
    }
  }

  #text(text: string, most = MOST_CHARACTERS): string {
    const redacted = this.#redact(text.slice(0, MOST_READ))
    const sure = text.length > MOST_READ ? redacted.slice(0, Math.max(0, redacted.length - SEAM)) : redacted
    return sure.length < redacted.length || sure.length > most ? `${sure.slice(0, most)}…` : sure
  }

  #object(value: object, depth: number): PlainValue {
    if (this.#above.has(value)) return '[circular]'
    if (depth >= MOST_DEPTH) return '[…]'
    this.#above.add(value)
    try {
      return this.#opened(value, depth + 1)
    } catch {
      // A proxy, or an error whose message is computed and fails.
      return '[unreadable]'
    } finally {
      this.#above.delete(value)
    }
  }

  #opened(value: object, depth: number): PlainValue {
    if (value instanceof CauceError) return this.#ownError(value, depth)
    if (value instanceof Error) return this.#foreignError(value, depth)
    if (value instanceof Date)
      return Number.isNaN(value.getTime()) ? 'Invalid Date' : this.#text(value.toISOString())
    if (value instanceof URL || value instanceof RegExp) return this.#text(String(value))
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
    if (Array.isArray(value) || value instanceof Set)
      return this.#list([...(value as Iterable<unknown>)], depth)
    if (value instanceof Map)
      return this.#fields(
        [...value].map(([name, held]) => [String(name), held as unknown]),
        depth,
      )
    return this.#fields(ownData(value), depth)
  }

  /** As people must see it: code, class, sentence with its remedy. For a fault of ours also where it arose. */
  #ownError(error: CauceError, depth: number): PlainValue {
    return {
      code: error.code,
      class: error.class,
      message: this.#text(error.textIn(this.#language)),
      details: this.value(error.details, depth),
      ...(error.class === 'bug' && {
        stack: this.#text(
          (error.cause instanceof Error ? error.cause.stack : error.stack) ?? '',
          MOST_CHARACTERS * 2,
        ),
      }),
    }
  }

  #foreignError(error: Error, depth: number): PlainValue {
    const known = new Set(['name', 'message', 'stack', 'cause'])
    return {
      name: this.#text(error.name),
      message: this.#text(error.message),
      stack: this.#text(error.stack ?? '', MOST_CHARACTERS * 2),
      ...(this.#fields(
        ownData(error).filter(([name]) => !known.has(name)),
        depth,
      ) as Record<string, PlainValue>),
      ...(error.cause !== undefined && { cause: this.value(error.cause, depth) }),
    }
  }

  #list(values: readonly unknown[], depth: number): PlainValue {
    const shown = values.slice(0, MOST_ENTRIES).map((held) => this.value(held, depth))
    return values.length > MOST_ENTRIES ? [...shown, `[${values.length - MOST_ENTRIES} more]`] : shown
  }

  #fields(entries: readonly (readonly [string, unknown])[], depth: number): PlainValue {
    return Object.fromEntries(
      entries
        .slice(0, MOST_ENTRIES)
        .filter(([, held]) => held !== undefined)
        .map(([name, held]) => [this.#text(name), this.value(held, depth)]),
    )
  }
}

/** Own fields that are data; a getter could do anything. */
function ownData(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(
    ([name, { enumerable, value: held }]) =>
      enumerable === true && held !== undefined ? [[name, held as unknown] as const] : [],
  )
}
