import { type SecretForm, secretForms } from './secret-forms.ts'

/** What stands where a secret stood. */
const REDACTED = '***'

/** Takes secrets out of a text. */
export type Redact = (text: string) => string

interface Span {
  readonly from: number
  readonly until: number
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u
const BASE64 = /[A-Za-z0-9+/_=-]/

/** Takes these secrets, however spelled (`secretForms`), out of any text. Empty ones are passed over. */
export function redactor(secrets: readonly string[]): Redact {
  const forms = [...new Set(secrets)].flatMap(secretForms)
  if (forms.length === 0) return (text) => text
  return (text) => {
    const spans = forms.flatMap((form) => spansOf(text, form))
    return spans.length === 0 ? text : withoutSpans(text, spans)
  }
}

/** Every place of a form, also those that overlap: two secrets may share characters. */
function spansOf(text: string, { pattern, isWord, isBase64 }: SecretForm): readonly Span[] {
  const spans: Span[] = []
  pattern.lastIndex = 0
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const from = found.index
    const until = from + found[0].length
    pattern.lastIndex = from + 1
    if (isWord && (touchesWord(text, from - 1) || touchesWord(text, until))) continue
    spans.push(isBase64 ? widened(text, { from, until }) : { from, until })
  }
  return spans
}

function touchesWord(text: string, index: number): boolean {
  const unit = text[index]
  return unit !== undefined && LETTER_OR_DIGIT.test(unit)
}

function widened(text: string, { from, until }: Span): Span {
  let [first, end] = [from, until]
  while (first > 0 && BASE64.test(text[first - 1] ?? '')) first--
  while (end < text.length && BASE64.test(text[end] ?? '')) end++
  return { from: first, until: end }
}

function withoutSpans(text: string, spans: readonly Span[]): string {
  let redacted = ''
  let at = 0
  for (const { from, until } of spans.toSorted((one, other) => one.from - other.from)) {
    // What begins where another one goes on is covered by the same mark.
    if (from > at || at === 0) redacted += text.slice(at, from) + REDACTED
    at = Math.max(at, until)
  }
  return redacted + text.slice(at)
}
