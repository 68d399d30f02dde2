/** Constructs that RE2 and Java's engine do not share, or that one of them lacks. */
const UNPORTABLE: readonly (readonly [RegExp, string])[] = [
  [/\(\?(?!:)/, 'look-around, flags and named groups'],
  [/\\[1-9]/, 'back-references'],
  [/\\[pPbBAzZGQEkXR]/, 'classes and anchors other than \\d \\w \\s'],
  [/[*+?}]\+/, 'possessive quantifiers'],
]

/**
 * Why a pattern cannot be given to every engine, or undefined when it can. Patterns match whole texts, so anchors at both
 * ends are dropped by `portablePattern`.
 */
export function whyNotPortable(pattern: string): string | undefined {
  if (!isRegularExpression(pattern)) return 'it is not a valid regular expression'
  return UNPORTABLE.find(([construct]) => construct.test(pattern))?.[1]
}

/** The pattern without `^` and `$` at its ends, since the whole text must match anyway. */
export function portablePattern(pattern: string): string {
  return pattern.replace(/^\^/, '').replace(/(^|[^\\])\$$/, '$1')
}

function isRegularExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
}
