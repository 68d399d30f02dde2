import type { ItemReference, SqlPiece, SqlText } from '../model/plan.ts'

/** A marker for something only the item knows, filled in as a quoted value when the item is worked on. */
export interface Reference {
  readonly reference: ItemReference
}

/** A column or table name to be quoted by whichever engine runs the SQL. */
export interface Name {
  readonly name: string
}

type Interpolation = string | number | boolean | null | Reference | Name | SqlText

/** What SQL may ask about the item being worked on: `${item.file}`, `${item.loadKey}` … */
export const item = {
  /** The item's key: its path relative to the source. */
  key: { reference: 'item' },
  /** The last part of the key. */
  file: { reference: 'file' },
  /** sha256 of the item's bytes. */
  sha256: { reference: 'sha256' },
  /** Key of this load in `cauce_loads`. */
  loadKey: { reference: 'load_key' },
  /** Id of the run. */
  run: { reference: 'run' },
} as const satisfies Record<string, Reference>

/** The date that counters by year and month are relative to, as a DATE. */
export const referenceDate: Reference = { reference: 'reference_date' }

/** Marks a text as a name: `${name('Fecha envio')}` becomes a quoted identifier. */
export function name(text: string): Name {
  return { name: text }
}

/**
 * SQL over the relations `valid` (the contract's rows, plus `_record`) and `rejects`. Interpolated texts and numbers become
 * quoted values, never SQL; `name()` becomes a quoted identifier; another `sql` is spliced in.
 * @throws {TypeError} when an interpolated value is undefined
 */
export function sql(strings: TemplateStringsArray, ...values: readonly Interpolation[]): SqlText {
  const pieces: SqlPiece[] = []
  for (const [index, text] of strings.entries()) {
    if (text !== '') pieces.push({ text })
    if (index < values.length) pieces.push(...piecesOf(values[index], text))
  }
  return { pieces }
}

function piecesOf(value: Interpolation | undefined, before: string): readonly SqlPiece[] {
  // Taken for NULL, a misspelt name would change what the SQL means without a word.
  if (value === undefined)
    throw new TypeError(`sql: the value after "${before.trim().slice(-40)}" is undefined`)
  if (typeof value !== 'object' || value === null) return [{ value }]
  return 'pieces' in value ? value.pieces : [value]
}
