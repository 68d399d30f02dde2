import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { LocatedRecord } from '../../packages/cauce/src/formats/csv/locate-records.ts'
import type { PreparedCsv } from '../../packages/cauce/src/formats/csv/prepare-csv.ts'
import { CauceError } from '../../packages/cauce/src/model/cauce-error.ts'
import { CsvReader, locateEvery } from '../csv/read-back.ts'

const reader = new CsvReader()
afterAll(() => reader.close())

/** More for a long night: CAUCE_PROPERTY_RUNS=10000. */
const RUNS = Number(process.env['CAUCE_PROPERTY_RUNS'] ?? 100)

describe('whatever the records and the dialect', () => {
  const fieldArb = fc.oneof(
    fc
      .array(
        fc.constantFrom(
          'a',
          'Z',
          '0',
          ' ',
          ',',
          ';',
          '"',
          "'",
          '\n',
          '\r\n',
          '\r',
          'é',
          '\\',
          '|',
          '\t',
          '-',
        ),
        { maxLength: 6 },
      )
      .map((parts) => parts.join('')),
    fc.constantFrom('', '"', '""', "''", '\n', '\r', '\u00a0', 'ÿ'),
  )
  const dialectArb = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    quote: fc.constantFrom('"', "'"),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    encoding: fc.constantFrom<'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'>(
      'utf-8',
      'utf-16le',
      'utf-16be',
      'windows-1252',
    ),
    bom: fc.boolean(),
    quoteAll: fc.boolean(),
    finalNewline: fc.boolean(),
    blankEvery: fc.constantFrom(1, 3, Number.POSITIVE_INFINITY),
  })
  type Dialect = typeof dialectArb extends fc.Arbitrary<infer D> ? D : never
  // A record of another width may not hold line ends: it would be taken for damaged, by the rules.
  const recordsArb = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.record({
      width: fc.constant(width),
      records: fc.array(
        fc.oneof(
          { weight: 5, arbitrary: fc.array(fieldArb, { minLength: width, maxLength: width }) },
          fc.array(
            fieldArb.map((field) => field.replaceAll(/[\r\n]/g, '·')),
            { minLength: 1, maxLength: width + 1 },
          ),
        ),
        { maxLength: 12 },
      ),
    }),
  )

  function recordText(record: readonly string[], { delimiter, quote, quoteAll }: Dialect): string {
    const isAlone = record.length === 1
    return record
      .map((field) => {
        const needsQuotes =
          quoteAll ||
          [delimiter, quote, '\n', '\r'].some((mark) => field.includes(mark)) ||
          (isAlone && field === '')
        return needsQuotes ? `${quote}${field.replaceAll(quote, quote + quote)}${quote}` : field
      })
      .join(delimiter)
  }

  function encode(text: string, { encoding, bom }: Dialect): Buffer {
    if (encoding === 'windows-1252') return Buffer.from(text.replaceAll('·', '\xb7'), 'latin1')
    const marked = bom ? `\ufeff${text}` : text
    const bytes = Buffer.from(marked, encoding === 'utf-8' ? 'utf8' : 'utf16le')
    return encoding === 'utf-16be' ? bytes.swap16() : bytes
  }

  test('the same records come out, by either route, and each is found again as it stands', async () => {
    const property = fc.asyncProperty(
      recordsArb,
      dialectArb,
      fc.boolean(),
      async ({ width, records }, dialect, force) => {
        const texts = records.map((record) => recordText(record, dialect))
        const lines = texts.flatMap((text, i) => (i % dialect.blankEvery === 0 ? ['', text] : [text]))
        const last = dialect.finalNewline && lines.length > 0 ? dialect.lineEnd : ''
        const { delimiter, quote, encoding } = dialect
        const outcome = await reader.readBytes(
          encode(lines.join(dialect.lineEnd) + last, dialect),
          { delimiter, quote, encoding, columnCount: width },
          force,
        )
        expect(outcome.records).toEqual(records)
        expect(outcome.flags.every((flag) => flag === 0)).toBe(true)
        expect(outcome.prepared.records).toBe(records.length)
        expect((await locateEvery(outcome.prepared)).map(({ raw }) => raw)).toEqual(texts)
      },
    )
    await fc.assert(property, { numRuns: RUNS })
  })
})

describe('whatever the bytes', () => {
  const pieces = [
    '"',
    '"',
    ',',
    ',',
    '\n',
    '\n',
    '\r\n',
    '\r',
    'a',
    'b',
    ' ',
    '\\',
    '\0',
    'é',
    '""',
    '",',
    '"\n',
  ].map((text) => Buffer.from(text))
  const bytesArb = fc
    .array(
      fc.tuple(
        fc.array(fc.constantFrom(...pieces, Buffer.of(0xff), Buffer.of(0xc3)), { maxLength: 12 }),
        // Repeated so that records fill several blocks of the index.
        fc.constantFrom(1, 1, 1, 2, 150),
      ),
      { maxLength: 8 },
    )
    .map((segments) =>
      Buffer.concat(
        segments.flatMap(([parts, times]) => Array.from({ length: times }, () => Buffer.concat(parts))),
      ),
    )
  const optionsArb = fc.record({
    header: fc.boolean(),
    skipLines: fc.constantFrom(0, 0, 0, 2),
    columnCount: fc.constantFrom(1, 3),
    escape: fc.constantFrom(null, null, '\\'),
    maxRecordBytes: fc.constantFrom(undefined, undefined, 40),
  })

  test('no byte is unaccounted, lines are right, and both routes agree', async () => {
    const property = fc.asyncProperty(
      bytesArb,
      optionsArb,
      fc.constantFrom(1, 3, 50),
      async (bytes, declared, step) => {
        const options = { ...declared, delimiter: ',', quote: '"', encoding: 'utf-8' }
        const rewritten = await reader.readBytes(bytes, options, true).catch(refused)
        if (rewritten === undefined) return
        const { prepared } = rewritten
        expect(rewritten.records.length).toBe(prepared.records)
        expect(rewritten.flags.filter((flag) => flag !== 0).length).toBe(prepared.flaggedRecords)
        const located = await locateEvery(prepared)
        expectAccounted(bytes, located, prepared)
        const chosen = await locateEvery(prepared, step)
        const summary = ({ record, line, raw }: LocatedRecord): string => `${record} ${line} ${raw}`
        expect(chosen.map(summary)).toEqual(located.filter(({ record }) => record % step === 0).map(summary))
        const direct = await reader.readBytes(bytes, options, false).catch(tooWide)
        if (direct?.prepared.route !== 'direct') return
        // The rewritten copy keeps one surplus field.
        const kept = (prepared.header?.length ?? declared.columnCount) + 1
        expect(direct.records.map((record) => record.slice(0, kept))).toEqual(rewritten.records)
        expect(rewritten.prepared.flaggedRecords).toBe(0)
      },
    )
    await fc.assert(property, { numRuns: RUNS })
  })

  function refused(error: unknown): undefined {
    if (error instanceof CauceError && error.code === 'FILE_UNREADABLE') return
    throw error
  }

  /** DuckDB says so when a record has more fields than there are spare columns: the caller then rewrites. */
  function tooWide(error: unknown): undefined {
    if (String(error).includes('Expected Number of Columns')) return
    throw error
  }

  /** Behind preamble and header there is nothing but records and line ends, each record on the line it claims. */
  function expectAccounted(
    bytes: Buffer,
    located: readonly LocatedRecord[],
    { physicalLines }: PreparedCsv,
  ): void {
    const starts = lineStarts(bytes)
    // Lines before the first record are preamble and header.
    let at = located.length === 0 ? bytes.length : (starts[(located[0]?.line ?? 1) - 1] ?? 0)
    const faults: string[] = []
    for (const { record, rawBytes, line } of located) {
      while (isLineEnd(bytes[at])) at++
      if (at !== starts[line - 1]) faults.push(`record ${record} does not begin on line ${line}`)
      if (!bytes.subarray(at, at + rawBytes.length).equals(rawBytes))
        faults.push(`record ${record} is not at ${at}`)
      at += rawBytes.length
      if (at < bytes.length && !isLineEnd(bytes[at])) faults.push(`bytes after record ${record} are lost`)
    }
    while (isLineEnd(bytes[at])) at++
    expect(faults).toEqual([])
    expect(at).toBe(bytes.length)
    const unended = bytes.length > 0 && !isLineEnd(bytes.at(-1))
    expect(physicalLines).toBe(starts.length - 1 + (unended ? 1 : 0))
  }

  /** Where each physical line starts; the last one may be empty. */
  function lineStarts(bytes: Buffer): readonly number[] {
    const ends = bytes.toString('latin1').matchAll(/\r\n|\n|\r/g)
    return [0, ...Array.from(ends, (end) => end.index + end[0].length)]
  }

  function isLineEnd(byte: number | undefined): boolean {
    return byte === 10 || byte === 13
  }
})
