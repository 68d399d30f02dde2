import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { CauceError } from '../../model/cauce-error.ts'
import type { ColumnPlan } from '../../model/plan.ts'
import { DEFAULT_MAX_RECORD_BYTES, RECORD_FLAGS } from '../csv/csv-options.ts'
import type { PreparedRows } from '../prepared-rows.ts'
import { TextRows } from '../typed/text-rows.ts'
import { WantedColumns, type FoundColumn } from '../typed/wanted-columns.ts'
import { ByteWindow } from './byte-window.ts'
import { enterRecords, leaveRecords } from './enter-records.ts'
import { asUtf8 } from './json-text.ts'
import { JsonLocator } from './locate-json.ts'
import { RecordReader } from './read-record.ts'
import { RecordWalk, type JsonSpan, type RecordShape } from './walk-records.ts'

export interface PrepareJsonSettings {
  /** The file's name for people. */
  readonly file: string
  /** One record a line, where a broken one costs itself only; or one document. */
  readonly kind: 'lines' | 'document'
  /** In a document: the keys that lead to the array of records; none: the document itself. */
  readonly path: readonly string[]
  /** What the contract asks for; `all`: every member of the records, as text. */
  readonly columns: readonly ColumnPlan[] | 'all'
  readonly signal?: AbortSignal | undefined
}

/** A JSON file whose records are counted, taken apart and ready for the engine. */
export interface PreparedJson extends PreparedRows {
  /** Columns of the file the contract asks for, in the order of the rows' fields. */
  readonly found: readonly FoundColumn[]
  /** Names nobody asks for. */
  readonly unknown: readonly string[]
  /** Records that are well formed: only they tell which columns the file has. */
  readonly soundRecords: number
  readonly blankLines: number
}

/**
 * Reads a JSON file record by record into rows of text for the engine (`rows.csv` in the spool folder).
 * @throws {CauceError} FILE_UNREADABLE naming the place where a document is broken; a broken line is a flagged record
 */
export async function prepareJson(
  path: string,
  spoolFolder: string,
  settings: PrepareJsonSettings,
): Promise<PreparedJson> {
  const text = await asUtf8(path, join(spoolFolder, 'utf8.json'), settings.file)
  const source = await open(text.path, 'r')
  try {
    return await new JsonPreparation(source, text, settings).run(join(spoolFolder, 'rows.csv'))
  } finally {
    await source.close()
  }
}

class JsonPreparation {
  readonly #settings: PrepareJsonSettings
  readonly #window: ByteWindow
  readonly #walk: RecordWalk
  readonly #wanted: WantedColumns
  readonly #reader: RecordReader
  readonly #path: string
  #soundRecords = 0

  constructor(
    source: FileHandle,
    text: { readonly path: string; readonly startOffset: number },
    settings: PrepareJsonSettings,
  ) {
    this.#settings = settings
    this.#path = text.path
    this.#window = new ByteWindow(source, text.startOffset, 1)
    this.#walk = new RecordWalk(this.#window, settings.file, DEFAULT_MAX_RECORD_BYTES)
    this.#wanted = new WantedColumns(settings.columns)
    this.#reader = new RecordReader(this.#wanted)
  }

  async run(target: string): Promise<PreparedJson> {
    const { kind, path, file } = this.#settings
    const shape = kind === 'lines' ? 'lines' : await enterRecords(this.#walk, this.#window, path, file)
    const locator = new JsonLocator(this.#path, shape, file)
    const rows = await this.#rows(target, shape, locator)
    if (shape === 'elements') await leaveRecords(this.#walk, path.length)
    const { found, unknown } = this.#wanted
    return {
      records: rows.rows,
      hasFlags: rows.flaggedRows > 0,
      found,
      unknown,
      soundRecords: this.#soundRecords,
      blankLines: this.#walk.blankLines,
      readSql: (names, spare) => rows.readSql(names, spare),
      locate: (records) => locator.locate(records),
    }
  }

  async #rows(target: string, shape: RecordShape, locator: JsonLocator): Promise<TextRows> {
    const rows = await TextRows.create(target)
    try {
      for await (const batch of this.#walk.spans(shape, false)) {
        this.#settings.signal?.throwIfAborted()
        for (const span of batch) {
          locator.note(rows.rows + 1, span)
          const { flags, fields } = this.#read(span, shape)
          if (flags === 0) this.#soundRecords++
          if (rows.add(flags, fields)) await rows.flush()
        }
      }
    } finally {
      await rows.close()
    }
    return rows
  }

  #read(span: JsonSpan, shape: RecordShape): ReturnType<RecordReader['read']> & {} {
    const read = this.#reader.read(span.bytes)
    if (read !== undefined) return read
    if (shape === 'lines') return { flags: RECORD_FLAGS.badJson, fields: [] }
    // Behind a broken record nobody can tell where the next one begins.
    throw new CauceError('FILE_UNREADABLE', {
      file: this.#settings.file,
      detail: `the record that begins at byte ${span.offset + 1}, line ${span.line} is no JSON`,
    })
  }
}
