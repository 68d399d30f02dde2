/** One way a secret may be spelled in a text. */
export interface SecretForm {
  /** With the flag `g`, and without `u`: it is moved through a text unit by unit. */
  readonly pattern: RegExp
  /** Only where no letter or digit stands beside it. */
  readonly isWord: boolean
  /** The base64 text around it is part of the secret: its first and last characters carry bits of it. */
  readonly isBase64: boolean
}

/** Shorter secrets are looked for as words of their own: inside words they would blacken every text and tell as much. */
const LEAST_INSIDE_WORDS = 4

/** Longer secrets are looked for in pieces; one that is long is no single word of any text. */
const PIECE_LENGTH = 256

/**
 * Everything that stands for a secret in a text: the secret itself with any of its characters percent-encoded, escaped as in
 * JSON, SQL or HTML, once or several times over; its base64 at any offset (a password inside `user:password`), and its hex.
 */
export function secretForms(secret: string): readonly SecretForm[] {
  if (/^\**$/.test(secret)) return []
  const isWord = Array.from(secret).length < LEAST_INSIDE_WORDS
  const form = (source: string, kind: Partial<SecretForm> = {}): SecretForm => ({
    pattern: new RegExp(source, 'g'),
    isWord,
    isBase64: false,
    ...kind,
  })
  return [
    ...pieces(secret).map((piece) => form(spelledAnyway(piece))),
    ...encodings(secret).flatMap((bytes) => [
      ...(isWord ? [bytes.toString('base64').replace(/=+$/, '')] : base64Cores(bytes)).flatMap((text) =>
        pieces(text).map((piece) => form(base64Spelling(piece), { isBase64: !isWord })),
      ),
      ...(isWord ? [] : pieces(bytes.toString('hex')).map((piece) => form(anyCase(piece)))),
    ]),
  ]
}

function pieces(text: string): readonly string[] {
  const characters = Array.from(text)
  const cut: string[] = []
  for (let from = 0; from < characters.length; from += PIECE_LENGTH)
    cut.push(characters.slice(from, from + PIECE_LENGTH).join(''))
  // A short rest would be found anywhere; it tells nothing of the rest of a secret this long.
  return cut.filter((piece, index) => index === 0 || piece.length >= LEAST_INSIDE_WORDS)
}

/** The bytes a secret may be encoded from. */
function encodings(secret: string): readonly Buffer[] {
  const utf8 = Buffer.from(secret)
  const urlEncoded = Buffer.from(percentEncoded(secret))
  const isLatin = /^[\x20-\xff]*$/.test(secret) && utf8.length !== secret.length
  return [
    utf8,
    ...(urlEncoded.equals(utf8) ? [] : [urlEncoded]),
    ...(isLatin ? [Buffer.from(secret, 'latin1')] : []),
  ]
}

/** `encodeURIComponent`, which refuses halves of characters. */
function percentEncoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : text
}

/**
 * The characters of base64 that depend on these bytes alone, whatever stands before and after them: one text for each of the
 * three offsets.
 */
function base64Cores(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const isWhole = (offset + bytes.length) % 3 === 0
    return text.slice(offset === 0 ? 0 : offset + 1, isWhole ? undefined : -1)
  })
}

function base64Spelling(text: string): string {
  return Array.from(text)
    .map((character) => {
      if (character === '+') return alternatives(['\\+', '-', percentForm('+')])
      if (character === '/') return alternatives(['\\\\{0,8}/', '_', percentForm('/')])
      return escaped(character)
    })
    .join('')
}

/** Runs of what texts double are one piece: each of them spelled in two ways would be tried in every combination. */
function spelledAnyway(text: string): string {
  return (text.match(/\\+|"+|'+|`+|[^]/gu) ?? [])
    .map((run) => {
      const [character = ''] = run
      const most = character === '\\' ? 16 : DOUBLED.includes(character) ? 2 : 1
      const one = alternatives(spellings(run.length > 1 ? character : run))
      return most === 1 ? one : `${one}{${run.length},${run.length * most}}`
    })
    .join('')
}

function alternatives(patterns: readonly string[]): string {
  return patterns.length === 1 ? (patterns[0] ?? '') : `(?:${patterns.join('|')})`
}

/** Signs that SQL doubles inside quotes of their own kind. */
const DOUBLED = '"\'`'

/** Short escapes of JSON and of everything that learnt from C. */
const LETTERS: Readonly<Record<string, string>> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
  '\v': 'v',
  '\0': '0',
}

const HTML_NAMES: Readonly<Record<string, string>> = {
  '<': 'lt',
  '>': 'gt',
  '&': 'amp',
  '"': 'quot',
  "'": 'apos',
}

/** One character as texts may spell it. A text escaped twice, or logged as JSON inside JSON, multiplies its backslashes. */
function spellings(character: string): readonly string[] {
  const code = character.codePointAt(0) ?? 0
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  const bytes = [...Buffer.from(character)]
  const letter = LETTERS[character]
  const isSign = /[^A-Za-z0-9]/.test(character)
  return [
    escaped(character),
    percentForm(character),
    units.map((unit) => `\\\\{1,8}u${anyCase(hex(unit, 4))}`).join(''),
    ...(code < 256 ? [`\\\\{1,8}x${anyCase(hex(code, 2))}`] : []),
    ...(bytes.length > 1 ? [bytes.map((byte) => `\\\\{1,8}x${anyCase(hex(byte, 2))}`).join('')] : []),
    ...(letter === undefined ? [] : [`\\\\{1,8}${letter}`]),
    ...(character === ' ' ? ['\\+'] : []),
    ...(`${DOUBLED}/`.includes(character) ? [`\\\\{1,8}${escaped(character)}`] : []),
    ...(isSign ? [`&#0*${code};`, `&#[xX]0*${anyCase(code.toString(16))};`] : []),
    ...(HTML_NAMES[character] === undefined ? [] : [`&${HTML_NAMES[character]};`]),
  ]
}

/** A percent sign may be percent-encoded again. */
function percentForm(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%(?:25){0,4}${anyCase(hex(byte, 2))}`).join('')
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

function anyCase(digits: string): string {
  return digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
