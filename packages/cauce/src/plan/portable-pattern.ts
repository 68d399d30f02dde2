import type { Text } from '../model/language.ts'

/** Constructs that RE2 and Java's engine do not share, or that one of them lacks; looked for outside of classes. */
const UNPORTABLE: readonly (readonly [RegExp, Text])[] = [
  [
    /\(\?(?!:)/,
    { en: 'look-around, flags and named groups', es: 'miradas alrededor, banderas y grupos con nombre' },
  ],
  [/\\[1-9]/, { en: 'back-references', es: 'referencias hacia atrás' }],
  [/[*+?}]\+/, { en: 'possessive quantifiers', es: 'cuantificadores posesivos' }],
]

/** Escapes both engines read alike: \d \w \s and their opposites, control characters, and signs standing for themselves. */
const PORTABLE_ESCAPE = /^\\([dDwWsStnrf]|[^A-Za-z0-9])$/

/**
 * Why a pattern cannot be given to every engine, or undefined when it can. Patterns match whole texts, so anchors at both
 * ends are dropped by `portablePattern`.
 */
export function whyNotPortable(pattern: string): Text | undefined {
  if (!isRegularExpression(pattern))
    return { en: 'it is not a valid regular expression', es: 'no es una expresión regular válida' }
  const parts = pattern.match(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g) ?? []
  // What cannot be a construct any more: an escaped sign, and everything in a class.
  const bare = parts.map((part) => (/^\\[^A-Za-z0-9]$/.test(part) || part.length > 2 ? 'x' : part)).join('')
  const construct = UNPORTABLE.find(([found]) => found.test(bare))
  if (construct !== undefined) return construct[1]
  const escapes = pattern.match(/\\[\s\S]/g) ?? []
  if (escapes.some((escape) => !PORTABLE_ESCAPE.test(escape)))
    return { en: 'escapes other than \\d \\w \\s and signs', es: 'escapes que no son \\d \\w \\s ni signos' }
  if (parts.some((part) => /^\[\^?\]$/.test(part))) return { en: 'empty classes', es: 'clases vacías' }
  const classes = parts.filter((part) => part.length > 2)
  if (classes.some((part) => /\[|&&/.test(part.slice(1).replaceAll(/\\[\s\S]/g, ''))))
    return { en: 'classes within classes', es: 'clases dentro de clases' }
  return undefined
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
