import type { ColumnPlan } from '../../model/plan.ts'

/** A column a file turned out to have, and the contract's column that is read from it. */
export interface FoundColumn {
  readonly name: string
  readonly column: ColumnPlan
}

/** Beyond so many members, objects are no rows but maps. */
const MOST_COLUMNS = 10_000
/** Most names kept of those nobody asked for: a message shows a few. */
const MOST_UNKNOWN = 1000

/**
 * What the contract asks of a file whose columns show as it is read: names are matched as a header's are, exactly before in
 * another case.
 */
export class WantedColumns {
  /** In the order they were met. */
  readonly found: FoundColumn[] = []
  readonly #exact = new Map<string, ColumnPlan>()
  readonly #folded = new Map<string, ColumnPlan>()
  readonly #places = new Map<string, number>()
  readonly #unknown = new Set<string>()
  readonly #prefixes = new Set<string>()

  readonly #takesAll: boolean

  constructor(columns: readonly ColumnPlan[] | 'all') {
    this.#takesAll = columns === 'all'
    for (const column of columns === 'all' ? [] : columns)
      for (const header of column.headers) {
        this.#exact.set(header, column)
        this.#folded.set(header.toLowerCase(), column)
        for (let dot = header.indexOf('.'); dot > 0; dot = header.indexOf('.', dot + 1))
          this.#prefixes.add(header.slice(0, dot))
      }
  }

  /** Names met that no column asks for. */
  get unknown(): readonly string[] {
    return [...this.#unknown]
  }

  /** The place in `found` of a name; -1 when no column asks for it. */
  place(name: string): number {
    const known = this.#places.get(name)
    if (known !== undefined) return known
    const trimmed = name.trim()
    const column =
      this.#exact.get(trimmed) ??
      this.#folded.get(trimmed.toLowerCase()) ??
      (this.#takesAll && this.found.length < MOST_COLUMNS ? anyText(name) : undefined)
    const place = column === undefined ? -1 : this.found.push({ name, column }) - 1
    if (place >= 0) this.#places.set(name, place)
    return place
  }

  /** Whether a column asks for something inside the value of this name. */
  hasInside(name: string): boolean {
    return this.#prefixes.has(name)
  }

  noteUnknown(name: string): void {
    if (this.#unknown.size < MOST_UNKNOWN) this.#unknown.add(name)
  }
}

function anyText(name: string): ColumnPlan {
  return {
    name,
    headers: [name],
    anyHeader: false,
    type: { kind: 'text', maxLength: undefined },
    parse: { kind: 'text' },
    nullable: true,
    nulls: undefined,
    normalise: [],
    defaultText: undefined,
  }
}
