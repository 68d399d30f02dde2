import { CauceError } from '../../model/cauce-error.ts'

/** What a document holds, in order. Names come without their prefix. */
export interface XmlHandler {
  open(name: string, attributes: string): void
  close(name: string): void
  /** May come in pieces. */
  text(text: string): void
}

/** Excel itself stops at 32,767 characters. */
const LONGEST_TEXT = 8 * 1024 * 1024
const EXCLAMATION = 0x21
const SPACE = 0x20
const LONGEST_ENTITY = 12
const LONGEST_TAG = 1024 * 1024

/**
 * Walks through XML chunk by chunk: as much of it as workbooks use. No entity is known but the five of XML and characters by
 * number, so nothing a document declares can grow.
 */
export class XmlScanner {
  readonly #handler: XmlHandler
  #rest = ''

  constructor(handler: XmlHandler) {
    this.#handler = handler
  }

  push(chunk: string): void {
    const text = this.#rest + chunk
    let at = 0
    for (;;) {
      const tag = text.indexOf('<', at)
      if (tag < 0) {
        // An entity may be cut by the chunk's end.
        const entity = text.indexOf('&', Math.max(at, text.length - LONGEST_ENTITY))
        at = this.#pass(text, at, entity < 0 ? text.length : entity)
        break
      }
      const end = tagEnd(text, tag)
      if (end < 0) {
        at = this.#pass(text, at, tag)
        break
      }
      this.#pass(text, at, tag)
      this.#tag(text, tag, end)
      at = end
    }
    this.#rest = text.slice(at)
    if (this.#rest.length > LONGEST_TAG) throw new Error(`a tag is longer than ${LONGEST_TAG} characters`)
  }

  /** @returns whether the document ended where a tag may end */
  end(): boolean {
    return this.#rest.trim() === ''
  }

  #pass(text: string, start: number, end: number): number {
    if (end > start) this.#handler.text(decodeXml(text.slice(start, end)))
    return end
  }

  #tag(text: string, start: number, end: number): void {
    const second = text[start + 1]
    if (second === '!') {
      if (text.startsWith('<![CDATA[', start)) this.#handler.text(text.slice(start + 9, end - 3))
      return
    }
    if (second === '?') return
    if (second === '/') {
      this.#handler.close(localName(text.slice(start + 2, end - 1).trimEnd()))
      return
    }
    const isEmpty = text[end - 2] === '/'
    const body = text.slice(start + 1, isEmpty ? end - 2 : end - 1)
    const space = firstSpace(body)
    const name = localName(space < 0 ? body : body.slice(0, space))
    this.#handler.open(name, space < 0 ? '' : body.slice(space))
    if (isEmpty) this.#handler.close(name)
  }
}

/** The place behind the tag that begins at `start`; -1 when it is not whole yet. */
function tagEnd(text: string, start: number): number {
  if (text.charCodeAt(start + 1) === EXCLAMATION) {
    if (text.startsWith('<!--', start)) return behind(text, '-->', start)
    if (text.startsWith('<![CDATA[', start)) return behind(text, ']]>', start)
    // Too short to tell a comment from a declaration.
    if (text.length - start < 9) return -1
  }
  let end = text.indexOf('>', start)
  // A quoted attribute may hold the sign.
  while (end >= 0 && hasOpenQuote(text, start, end)) end = text.indexOf('>', end + 1)
  return end < 0 ? -1 : end + 1
}

function behind(text: string, mark: string, start: number): number {
  const found = text.indexOf(mark, start)
  return found < 0 ? -1 : found + mark.length
}

function hasOpenQuote(text: string, start: number, end: number): boolean {
  let open = 0
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code !== 0x22 && code !== 0x27) continue
    if (open === 0) open = code
    else if (open === code) open = 0
  }
  return open !== 0
}

/** A regular expression would take as long as all the rest of a tag. */
function firstSpace(text: string): number {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) <= SPACE) return at
  return -1
}

function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}

/** The value of an attribute by its local name; undefined when it is not there. */
export function attribute(attributes: string, name: string): string | undefined {
  const usual = attributes.indexOf(` ${name}="`)
  if (usual >= 0) {
    const start = usual + name.length + 3
    return decodeXml(attributes.slice(start, attributes.indexOf('"', start)))
  }
  for (let at = attributes.indexOf(name); at >= 0; at = attributes.indexOf(name, at + 1)) {
    const before = attributes[at - 1]
    const found = /^\s*=\s*("([^"]*)"|'([^']*)')/.exec(attributes.slice(at + name.length))
    if (found === null || before === undefined || !/[\s:]/.test(before)) continue
    return decodeXml(found[2] ?? found[3] ?? '')
  }
  return undefined
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decodeXml(text: string): string {
  if (!text.includes('&')) return text
  return text.replaceAll(/&(#x[0-9a-fA-F]+|#[0-9]+|[a-z]+);/g, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole
    const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** Spreadsheets write characters XML cannot hold as `_x000D_`. */
export function decodeEscapes(text: string): string {
  if (!text.includes('_x')) return text
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/** A text and what comes behind it. @throws {Error} when it grows beyond what a cell can be */
export function longer(text: string, more: string): string {
  if (text.length + more.length > LONGEST_TEXT)
    throw new Error(`a text is longer than ${LONGEST_TEXT} characters`)
  return text + more
}

/** Goes on with a part of a workbook. @throws {CauceError} FILE_UNREADABLE */
export function pushXml(
  scanner: XmlScanner,
  chunk: string,
  { file }: { readonly file: string },
  part: string,
): void {
  try {
    scanner.push(chunk)
  } catch (error) {
    const detail = `in its part ${part} ${error instanceof Error ? error.message : String(error)}`
    throw new CauceError('FILE_UNREADABLE', { file, detail }, { cause: error })
  }
}
