import { quoteAfterSpaces, RecordScanner } from './record-scanner.ts'
import type { Units } from './units.ts'

/** What the head of a file is judged by. */
export interface DialectSample {
  readonly units: Units
  /** Whether the sample is the whole file. */
  readonly complete: boolean
  /** The first unit after the preamble. */
  readonly start: number
  readonly header: boolean
  readonly columnCount: number | undefined
  /** Declared characters; undefined ones are to be found. */
  readonly delimiter: string | undefined
  readonly quote: string | null | undefined
  readonly escape: string | null
}

export interface SniffedDialect {
  readonly delimiter: string
  readonly quote: string | null
  /** Whether spaces may stand before an opening quote. */
  readonly spacedQuotes: boolean
}

/** In this order when they fit equally well: commas and spaces occur in texts and numbers, tabs hardly ever do. */
const DELIMITERS = ['\t', ';', '|', ',', '^', '~', '\x1f', '\x01'] as const
const ROUNDING = 1e-9
const SAMPLE_RECORDS = 100
const SAMPLE_FIELDS = 512

/**
 * Finds delimiter and quote by reading the first hundred records with each candidate and asking which makes a table: records
 * of one width, the width expected or that of the header, quoted fields that are well formed. Double quotes unless at least
 * half of the records have well-formed fields in single quotes and none has any in double ones.
 */
export function sniffDialect(sample: DialectSample): SniffedDialect {
  if (sample.delimiter !== undefined) return dialectOf(sample.delimiter, bestQuote(sample, sample.delimiter))
  let best: { readonly dialect: SniffedDialect; readonly score: number } | undefined
  for (const delimiter of DELIMITERS) {
    const reading = bestQuote(sample, delimiter)
    const score = scoreOf(reading, sample)
    if (score > (best?.score ?? 0) + ROUNDING) best = { dialect: dialectOf(delimiter, reading), score }
  }
  return best?.dialect ?? dialectOf(',', bestQuote(sample, ','))
}

function dialectOf(delimiter: string, { quote, spacedQuotes }: Reading): SniffedDialect {
  return { delimiter, quote, spacedQuotes }
}

/** How the sample reads under one delimiter and quote. */
interface Reading {
  readonly quote: string | null
  readonly spacedQuotes: boolean
  readonly widths: readonly number[]
  /** Records with well-formed quoted fields, the same with spaces before a quote, with malformed ones, with stray quotes. */
  readonly quoted: number
  readonly spaced: number
  readonly malformed: number
  readonly loose: number
}

function bestQuote(sample: DialectSample, delimiter: string): Reading {
  if (sample.quote !== undefined) return readQuoted(sample, delimiter, sample.quote)
  const double = readQuoted(sample, delimiter, '"')
  if (double.quoted > 0 || double.malformed > 0) return double
  const single = readQuoted(sample, delimiter, "'")
  const isConvincing =
    single.quoted > 0 && single.quoted * 2 >= single.widths.length && single.malformed <= single.quoted
  return isConvincing ? single : double
}

/** Allows spaces before quotes only where at least half of the records have them and no record is the worse for it. */
function readQuoted(sample: DialectSample, delimiter: string, quote: string | null): Reading {
  const strict = read(sample, delimiter, quote, false)
  if (strict.loose === 0 || delimiter === ' ') return strict
  const spaced = read(sample, delimiter, quote, true)
  return spaced.spaced * 2 >= spaced.widths.length && spaced.malformed === 0 ? spaced : strict
}

function scoreOf(reading: Reading, sample: DialectSample): number {
  const { widths } = reading
  if (widths.length === 0) return 0
  const { width, share } = commonest(widths)
  if (width < 2) return 0
  const isExpected = sample.columnCount !== undefined && width === sample.columnCount
  const fitsHeader = sample.header && widths[0] === width
  const quoting = (reading.quoted - reading.malformed) / widths.length
  return share + (isExpected ? 0.5 : 0) + (fitsHeader ? 0.1 : 0) + 0.3 * Math.max(-1, Math.min(1, quoting))
}

function commonest(widths: readonly number[]): { readonly width: number; readonly share: number } {
  const counts = new Map<number, number>()
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1)
  let width = 0
  for (const [candidate, count] of counts) if (count > (counts.get(width) ?? 0)) width = candidate
  return { width, share: (counts.get(width) ?? 0) / widths.length }
}

function read(
  sample: DialectSample,
  delimiter: string,
  quote: string | null,
  spacedQuotes: boolean,
): Reading {
  const quoteUnit = unitOf(quote)
  const { units } = sample
  const scanner = new RecordScanner(
    { delimiter: unitOf(delimiter), quote: quoteUnit, escape: unitOf(sample.escape), spacedQuotes },
    { agreedWidth: 0, maxRecordUnits: units.length, keptFields: SAMPLE_FIELDS },
  )
  scanner.show(units, sample.complete ? 'file' : 'more')
  const widths: number[] = []
  const counts = { quoted: 0, spaced: 0, malformed: 0, loose: 0 }
  for (let at = sample.start; at < units.length && widths.length < SAMPLE_RECORDS; at = scanner.next) {
    const kind = scanner.scan(at)
    if (kind === 'incomplete' || kind === 'overlong') break
    if (kind === 'blank') continue
    widths.push(scanner.width)
    const { quoted, spaced } = quotedFields(units, scanner, quoteUnit, spacedQuotes)
    if (scanner.badQuoting) counts.malformed++
    else if (quoted) counts.quoted++
    if (spaced && !scanner.badQuoting) counts.spaced++
    if (scanner.looseQuote) counts.loose++
  }
  return { quote, spacedQuotes, widths, ...counts }
}

function quotedFields(
  units: Units,
  scanner: RecordScanner,
  quote: number,
  spacedQuotes: boolean,
): { readonly quoted: boolean; readonly spaced: boolean } {
  const starts = scanner.fieldStarts.subarray(0, Math.min(scanner.width, SAMPLE_FIELDS))
  const spaced = spacedQuotes && starts.some((start) => quoteAfterSpaces(units, start, quote) > start)
  return { quoted: spaced || starts.some((start) => units[start] === quote), spaced }
}

function unitOf(character: string | null): number {
  return character === null ? -1 : character.charCodeAt(0)
}
