import type { ItemReference, SqlText } from '../model/plan.ts'

/** How one dialect writes names and values. */
export interface Quoting {
  readonly name: (name: string) => string
  readonly value: (value: string | number | boolean | null) => string
}

/** What the item at hand answers to `${item.…}` and `${referenceDate}`. */
export type ItemFacts = Readonly<Record<ItemReference, string>>

/** The SQL as text: names and values quoted by the dialect, references answered by the item. */
export function fillSql({ pieces }: SqlText, facts: ItemFacts, quoting: Quoting): string {
  return pieces
    .map((piece) => {
      if ('text' in piece) return piece.text
      if ('name' in piece) return quoting.name(piece.name)
      if ('value' in piece) return quoting.value(piece.value)
      const value = quoting.value(facts[piece.reference])
      return piece.reference === 'reference_date' ? `CAST(${value} AS DATE)` : value
    })
    .join('')
}
