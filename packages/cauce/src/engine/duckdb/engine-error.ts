import { CauceError } from '../../model/cauce-error.ts'

const MAX_MESSAGE_LENGTH = 300

/**
 * What DuckDB said, made safe to show: DuckDB puts rows and values into its messages, so only the first line is kept, short,
 * with quoted values masked, and the original error is not carried along as a cause. What it means is the caller's to say.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  /** DuckDB's own class of error: `Conversion`, `Constraint`, `IO`, `Catalog`, `Invalid Input`, `INTERRUPT`, … */
  readonly kind: string

  constructor(kind: string, message: string) {
    super(message)
    this.kind = kind
  }
}

/** Kinds whose messages quote the data they stumbled over. */
const KINDS_THAT_QUOTE_DATA = new Set([
  'Conversion',
  'Constraint',
  'Invalid Input',
  'Out of Range',
  'Mismatch Type',
])

/** Why a CSV could not be read stands below the offending line, in words that hold nothing of it. */
const CSV_REASONS = [
  /Expected Number of Columns: \d+ Found: \d+/,
  /Value with unterminated quote found/,
  /Maximum line size of \d+ bytes exceeded/,
  /Invalid unicode \(byte sequence mismatch\) detected/,
  /The parallel scanner does not support null_padding in conjunction with quoted new lines/,
]

/**
 * The error to throw for one of DuckDB's: MEMORY_EXHAUSTED and DISK_FULL wherever they happen, an `EngineError` otherwise.
 * `folder` names the disk when DuckDB does not say which file it could not write.
 */
export function toEngineError(error: unknown, folder: string): CauceError | EngineError {
  if (error instanceof CauceError || error instanceof EngineError) return error
  const text = error instanceof Error ? error.message : String(error)
  if (/no space left on device|max_temp_directory_size/i.test(text)) {
    const file = /write file "([^"]+)"/.exec(text)?.[1]
    return new CauceError('DISK_FULL', { path: file ?? folder })
  }
  const [kind, firstLine] = split(text)
  if (kind === 'Out of Memory') return new CauceError('MEMORY_EXHAUSTED', { detail: shorten(firstLine) })
  return new EngineError(kind, shorten(`${kind} Error: ${describe(kind, firstLine, text)}`))
}

function split(text: string): readonly [kind: string, firstLine: string] {
  const firstLine = text.split('\n', 1)[0] ?? ''
  const named = /^([A-Za-z ]+?) Error: (.*)$/.exec(firstLine)
  return [named?.[1] ?? 'Unknown', named?.[2] ?? firstLine]
}

function describe(kind: string, firstLine: string, text: string): string {
  if (text.includes('CSV Error on Line')) {
    const reason = CSV_REASONS.map((pattern) => pattern.exec(text)?.[0]).find((found) => found !== undefined)
    return reason === undefined ? firstLine : `${firstLine}: ${reason}`
  }
  const quotesData = KINDS_THAT_QUOTE_DATA.has(kind) || /duplicate key/i.test(firstLine)
  return quotesData ? maskValues(firstLine) : firstLine
}

/**
 * Everything from the first quote on may be data, and data may hold quotes and line ends itself: only endings of DuckDB's
 * own wording survive. Bare numbers are masked where they stand for values.
 */
function maskValues(line: string): string {
  const quoted = line.search(/['"]/)
  const masked =
    quoted === -1 ? line : `${line.slice(0, quoted)}…${WORDED_ENDING.exec(line.slice(quoted))?.[1] ?? ''}`
  return masked.replace(/with value \S+/, 'with value …').replace(/\([^)]*\d [-+*/] [^)]*\)/, '(…)')
}

const WORDED_ENDING =
  /['"]( to (?:type )?[A-Z][A-Z0-9_(),]*(?: failed: value is out of range!)?| violates [a-z ]+ constraint\.?)$/

function shorten(text: string): string {
  return text.length <= MAX_MESSAGE_LENGTH ? text : `${text.slice(0, MAX_MESSAGE_LENGTH - 1)}…`
}
