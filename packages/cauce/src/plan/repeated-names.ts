/** Names that stand in the list before, for databases that do not tell upper from lower case. */
export function repeatedNames(names: readonly string[]): readonly string[] {
  const folded = names.map((name) => name.toLowerCase())
  return names.filter((_, index) => folded.indexOf(folded[index] ?? '') !== index)
}
