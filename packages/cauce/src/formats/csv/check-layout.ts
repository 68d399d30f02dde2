import { CauceError } from '../../model/cauce-error.ts'
import type { Language, Text } from '../../model/language.ts'

/** A column the contract speaks of, as it is looked for in a file. */
export interface ExpectedColumn {
  readonly name: string
  /** Header names it is found under. */
  readonly headers: readonly string[]
  /** By position: any header will do, with a note. */
  readonly anyHeader: boolean
  /** By name: whether the file must have it. */
  readonly required: boolean
}

export interface LayoutRequest {
  /** The file's name for people. */
  readonly file: string
  /** Whether the first record should name the columns. Default true. */
  readonly hasHeader?: boolean | undefined
  /** The file's header; undefined when it has none. */
  readonly header: readonly string[] | undefined
  /** Number of fields of the first data record; undefined when there is none. */
  readonly firstRecordWidth: number | undefined
  readonly expected: readonly ExpectedColumn[]
  /** `position`: all columns, in order, names checked; `name`: in any order. Without a header always by position. */
  readonly mode: 'position' | 'name'
  /** By name: what a column nobody expects means for the file. */
  readonly unknownColumns: 'refuse' | 'ignore'
}

/** A header that was accepted though it is not one of the names, or differs from them in case. */
export interface LayoutNote {
  readonly column: string
  readonly code: 'renamed_header'
  readonly found: string
}

/** Where the expected columns are. */
export interface Layout {
  /** For each expected column, its position in the file from 0; -1 when the file does not have it. */
  readonly order: readonly number[]
  readonly fileColumns: number
  readonly notes: readonly LayoutNote[]
}

/**
 * Finds the expected columns in a file's header. Names are compared without surrounding space; one that differs in case only
 * is accepted with a note.
 *
 * @throws {CauceError} LAYOUT_COLUMNS naming what is missing, unexpected, misplaced or double.
 */
export function checkLayout(request: LayoutRequest): Layout {
  const { header, expected } = request
  if (header === undefined) return headlessLayout(request)
  const found = header.map((name) => name.trim())
  return request.mode === 'position'
    ? layoutByPosition(request, found)
    : layoutByName(request, found, expected)
}

function headlessLayout(request: LayoutRequest): Layout {
  const { expected, firstRecordWidth, hasHeader = true } = request
  if (hasHeader && firstRecordWidth === undefined)
    throw refuse(request, say('empty file, not even a header', 'archivo vacío, sin cabecera siquiera'))
  if (firstRecordWidth !== undefined && firstRecordWidth !== expected.length)
    throw refuse(
      request,
      say(
        `expected ${expected.length}, found ${firstRecordWidth} in the first record`,
        `se esperaban ${expected.length}, hay ${firstRecordWidth} en el primer registro`,
      ),
    )
  return { order: expected.map((_, i) => i), fileColumns: expected.length, notes: [] }
}

function layoutByPosition(request: LayoutRequest, found: readonly string[]): Layout {
  const { expected } = request
  if (found.length !== expected.length) throw refuse(request, countDetail(found, expected))
  const notes: LayoutNote[] = []
  const misplaced: Text[] = []
  for (const [i, column] of expected.entries()) {
    const name = found[i] ?? ''
    if (column.headers.includes(name)) continue
    if (column.anyHeader || isAmong(column.headers, name))
      notes.push({ column: column.name, code: 'renamed_header', found: name })
    else
      misplaced.push(
        say(
          `column ${i + 1}: expected ${shown(nameOf(column))}, found ${shown(name)}`,
          `columna ${i + 1}: se esperaba ${shown(nameOf(column))}, hay ${shown(name)}`,
        ),
      )
  }
  if (misplaced.length > 0)
    throw refuse(
      request,
      inBoth((language) =>
        firstFew(
          misplaced.map((text) => text[language]),
          '; ',
        ),
      ),
    )
  return { order: expected.map((_, i) => i), fileColumns: found.length, notes }
}

function countDetail(found: readonly string[], expected: readonly ExpectedColumn[]): Text {
  const isKnown = (name: string): boolean => expected.some(({ headers }) => isAmong(headers, name))
  const unexpected = found.filter((name, i) => expected[i]?.anyHeader !== true && !isKnown(name))
  const missing = expected.filter(
    ({ headers, anyHeader }) => !anyHeader && !found.some((name) => isAmong(headers, name)),
  )
  return joined([
    counts(expected, found),
    ...listed(WORDS.unexpected, unexpected),
    ...listed(WORDS.missing, missing.map(nameOf)),
  ])
}

function layoutByName(
  request: LayoutRequest,
  found: readonly string[],
  expected: readonly ExpectedColumn[],
): Layout {
  const places = findPlaces(expected, found)
  const double = expected.filter((_, i) => (places[i]?.length ?? 0) > 1)
  const missing = expected.filter(({ required }, i) => required && places[i]?.length === 0)
  const taken = new Set(places.flat())
  const unexpected = request.unknownColumns === 'refuse' ? found.filter((_, i) => !taken.has(i)) : []
  const faults = [
    ...listed(WORDS.double, double.map(nameOf)),
    ...listed(WORDS.missing, missing.map(nameOf)),
    ...listed(WORDS.unexpected, unexpected),
  ]
  if (faults.length > 0) throw refuse(request, joined([counts(expected, found), ...faults]))
  const notes = expected.flatMap((column, i): LayoutNote[] => {
    const name = found[places[i]?.[0] ?? -1]
    if (name === undefined || column.headers.includes(name)) return []
    return [{ column: column.name, code: 'renamed_header', found: name }]
  })
  return { order: places.map((place) => place[0] ?? -1), fileColumns: found.length, notes }
}

/** Exact names before names in another case, and no column for two: `id` and `ID` may be different columns. */
function findPlaces(
  expected: readonly ExpectedColumn[],
  found: readonly string[],
): readonly (readonly number[])[] {
  const exact = expected.map(({ headers }) => indexesWhere(found, (name) => headers.includes(name)))
  const taken = new Set(exact.flat())
  return expected.map(({ headers }, i) => {
    const own = exact[i] ?? []
    if (own.length > 0) return own
    const similar = indexesWhere(found, (name) => isAmong(headers, name)).filter((place) => !taken.has(place))
    for (const place of similar) taken.add(place)
    return similar
  })
}

function indexesWhere(names: readonly string[], test: (name: string) => boolean): readonly number[] {
  return names.flatMap((name, i) => (test(name) ? [i] : []))
}

function isAmong(headers: readonly string[], name: string): boolean {
  return headers.some((header) => header.toLowerCase() === name.toLowerCase())
}

function nameOf({ headers, name }: ExpectedColumn): string {
  return headers[0] ?? name
}

const MOST_NAMES = 5
const MOST_CHARACTERS = 40

const WORDS = {
  unexpected: { en: 'unexpected', es: 'sobran' },
  missing: { en: 'missing', es: 'faltan' },
  double: { en: 'double', es: 'repetidas' },
} as const satisfies Record<string, Text>

function say(en: string, es: string): Text {
  return { en, es }
}

function inBoth(write: (language: Language) => string): Text {
  return { en: write('en'), es: write('es') }
}

function joined(texts: readonly Text[]): Text {
  return inBoth((language) => texts.map((text) => text[language]).join('; '))
}

function counts(expected: readonly ExpectedColumn[], found: readonly string[]): Text {
  return say(
    `expected ${expected.length}, found ${found.length}`,
    `se esperaban ${expected.length}, hay ${found.length}`,
  )
}

function listed(what: Text, names: readonly string[]): readonly Text[] {
  return names.length === 0
    ? []
    : [inBoth((language) => `${what[language]}: ${firstFew(names.map(shown), ', ')}`)]
}

function firstFew(texts: readonly string[], separator: string): string {
  const few = texts.slice(0, MOST_NAMES).join(separator)
  return texts.length > MOST_NAMES ? `${few} … (${texts.length})` : few
}

/** A header may be anything, megabytes of binary included: what is shown of it is short and printable. */
function shown(name: string): string {
  const printable = name.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '·')
  if (printable === '') return '""'
  return printable.length > MOST_CHARACTERS ? `${printable.slice(0, MOST_CHARACTERS)}…` : printable
}

function refuse({ file }: LayoutRequest, { en, es }: Text): CauceError {
  return new CauceError('LAYOUT_COLUMNS', { file, detail: en, detalle: es })
}
