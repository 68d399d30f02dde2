/** How alerts name an item: its key may come again with other bytes. */
export function itemSubject(id: number): string {
  return `item ${id}`
}

/** The item a subject names; undefined: none. */
export function itemOfSubject(subject: string): number | undefined {
  const digits = /^item ([0-9]+)$/.exec(subject)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
