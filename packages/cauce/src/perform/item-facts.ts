import type { ItemFacts } from '../plan/fill-sql.ts'

/** What SQL may ask about an item. Keys use `/` whatever the source is. */
export function itemFacts(known: {
  readonly item: string
  readonly sha256: string
  readonly loadKey: string
  readonly run: string
  readonly referenceDate: string
}): ItemFacts {
  return {
    item: known.item,
    file: lastPart(known.item),
    sha256: known.sha256,
    load_key: known.loadKey,
    run: known.run,
    reference_date: known.referenceDate,
  }
}

/** The last part of a key. */
export function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1)
}
