import { open } from 'node:fs/promises'
import { CauceError } from '../../model/cauce-error.ts'
import { DEFAULT_MAX_RECORD_BYTES } from '../csv/csv-options.ts'
import { encodingOf } from '../csv/encoding.ts'
import type { LocatedRecord } from '../csv/locate-records.ts'
import { UnitDecoder } from '../csv/unit-decoder.ts'
import { ByteWindow } from './byte-window.ts'
import { RecordWalk, type JsonSpan, type RecordShape } from './walk-records.ts'

/** Records between two marks. */
const MARK_EVERY = 64
/** So many marks ahead, going there is cheaper than reading on. */
const FAR_MARKS = 32

/** Knows where records stand in a file of JSON, by a mark at every few of them, and finds them again. */
export class JsonLocator {
  readonly #path: string
  readonly #shape: RecordShape
  readonly #file: string
  readonly #marks: { readonly offset: number; readonly line: number }[] = []

  constructor(path: string, shape: RecordShape, file: string) {
    this.#path = path
    this.#shape = shape
    this.#file = file
  }

  /** To be called for every record, in order, from 1. */
  note(record: number, { offset, line }: JsonSpan): void {
    if ((record - 1) % MARK_EVERY === 0) this.#marks.push({ offset, line })
  }

  /** The chosen records as they stand in the file, ascending. Opens the file while it runs. */
  async *locate(records: Iterable<number>): AsyncGenerator<LocatedRecord, void, undefined> {
    const source = await open(this.#path, 'r')
    const decoder = new UnitDecoder(encodingOf('utf-8'))
    try {
      let next = 0
      let spans: AsyncIterator<JsonSpan> | undefined
      for (const record of records) {
        const block = Math.floor((record - 1) / MARK_EVERY)
        const mark = this.#marks[block]
        if (mark === undefined) throw lost(record)
        if (spans === undefined || record < next || block > Math.floor((next - 1) / MARK_EVERY) + FAR_MARKS) {
          const window = new ByteWindow(source, mark.offset, mark.line)
          const walk = new RecordWalk(window, this.#file, DEFAULT_MAX_RECORD_BYTES)
          spans = single(walk.spans(this.#shape, true))
          next = block * MARK_EVERY + 1
        }
        let found: JsonSpan | undefined
        for (; next <= record; next++) found = (await spans.next()).value ?? undefined
        if (found === undefined) throw lost(record)
        const { text, undecodable } = decoder.showBytes(found.bytes)
        yield { record, line: found.line, raw: text, rawBytes: Buffer.from(found.bytes), undecodable }
      }
    } finally {
      await source.close()
    }
  }
}

async function* single(
  batches: AsyncIterable<readonly JsonSpan[]>,
): AsyncGenerator<JsonSpan, void, undefined> {
  for await (const batch of batches) yield* batch
}

function lost(record: number): CauceError {
  return new CauceError('BUG', { detail: `record ${record} is not where it was counted` })
}
