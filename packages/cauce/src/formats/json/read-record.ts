import { isUtf8 } from 'node:buffer'
import type { Parse } from '../../model/plan.ts'
import { RECORD_FLAGS } from '../csv/csv-options.ts'
import { spellBoolean, spellNumber } from '../typed/spell-number.ts'
import type { WantedColumns } from '../typed/wanted-columns.ts'
import { DEEPEST, eachMember, unquoted } from './each-member.ts'
import { unwrapped } from './extended-json.ts'

/** A record as the rules see it: the texts of the wanted columns, in the order they were found, and what is wrong with it. */
export interface JsonFields {
  readonly flags: number
  readonly fields: readonly (string | null | undefined)[]
}

/** Takes JSON records apart, keeping every number and nested value exactly as it is written. */
export class RecordReader {
  readonly #wanted: WantedColumns
  #flags = 0
  #hasEscapes = false
  #fields: (string | null | undefined)[] = []

  constructor(wanted: WantedColumns) {
    this.#wanted = wanted
  }

  /** @returns undefined when the bytes are no JSON */
  read(bytes: Buffer): JsonFields | undefined {
    const text = bytes.toString('utf8')
    this.#hasEscapes = text.includes('\\')
    const value = parsed(text)
    if (value === undefined) return undefined
    this.#flags = isUtf8(bytes) ? 0 : RECORD_FLAGS.undecodable
    this.#fields = []
    if (typeof value.json !== 'object' || value.json === null || Array.isArray(value.json))
      return { flags: RECORD_FLAGS.notAnObject, fields: [] }
    const members = this.#members(text, 0, '')
    // The engine of JavaScript keeps the last of several members of one name.
    if (members !== Object.keys(value.json).length) this.#flags |= RECORD_FLAGS.repeatedKey
    return { flags: this.#flags, fields: this.#fields }
  }

  #members(text: string, start: number, prefix: string): number {
    let count = 0
    const depth = eachMember(text, start, (key, valueStart, valueEnd) => {
      count++
      const name = prefix + key
      const place = this.#wanted.place(name)
      const hasInside = this.#wanted.hasInside(name)
      if (place >= 0) this.#take(place, text, valueStart, valueEnd)
      else if (prefix === '' && !hasInside) this.#wanted.noteUnknown(name)
      if (hasInside && text[valueStart] === '{') this.#members(text, valueStart, `${name}.`)
    })
    if (depth > DEEPEST) this.#flags |= RECORD_FLAGS.tooDeep
    return count
  }

  #take(place: number, text: string, start: number, end: number): void {
    const { parse } = this.#wanted.found[place]?.column ?? { parse: { kind: 'text' } }
    if (this.#fields[place] !== undefined) this.#flags |= RECORD_FLAGS.repeatedKey
    const spelled = spell(text, start, end, parse)
    this.#fields[place] = spelled === null ? null : this.#storable(spelled)
  }

  /** Escapes can spell what no text of a database holds: NUL, and halves of characters. */
  #storable(text: string): string {
    if (!this.#hasEscapes) return text
    if (text.includes('\0')) this.#flags |= RECORD_FLAGS.nul
    else if (text.isWellFormed()) return text
    else this.#flags |= RECORD_FLAGS.undecodable
    return text.replaceAll('\0', String.raw`\x00`).toWellFormed()
  }
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** The text of a value as its column writes it; objects and arrays, and everything in a column of JSON, as they stand. */
function spell(text: string, start: number, end: number, parse: Parse): string | null {
  const first = text[start]
  if (first === 'n') return null
  if (parse.kind === 'json') return text.slice(start, end)
  if (first === '"') return unquoted(text, start, end)
  if (first === 't' || first === 'f') return spellBoolean(first === 't', parse)
  const raw = text.slice(start, end)
  if (first === '[') return raw
  return first === '{' ? (unwrapped(raw, parse) ?? raw) : spellNumber(raw, parse)
}
