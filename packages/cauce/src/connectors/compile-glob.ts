import { CauceError } from '../model/cauce-error.ts'

/** A pattern ready to be asked about keys. */
export interface Glob {
  /** Whether the whole key fits. */
  matches(key: string): boolean
  /** Whether a key below this folder could fit: a folder that holds none need not be listed. */
  mayHold(folderKey: string): boolean
}

/**
 * Compiles a glob over `/`-separated keys.
 *
 * `*` any characters and `?` one character within a part, `[a-z]` and `[!a-z]` one of or none of these, `{a,b}` either,
 * `**` as a whole part any number of folders, `\` before a character the character itself. Letter case counts on every
 * system. A part whose name begins with a dot fits only where the pattern spells that dot.
 *
 * Takes time in proportion to key times pattern, whatever the key: names come from strangers, and a translation to a
 * regular expression needs minutes for 255 underscores against `*_*_*_*_*.txt`. (`path.matchesGlob` is one, cannot say
 * "a bracket, literally", counts `?` in UTF-16 units, ignores case on some systems and cannot prune folders.)
 *
 * @throws {CauceError} CONFIG_INVALID for a pattern that cannot mean what was written.
 */
export function compileGlob(pattern: string): Glob {
  const alternatives = expandBraces(pattern, pattern).map((text) => compileParts(text, pattern))
  return {
    matches: (key) => alternatives.some((parts) => statesAfter(parts, key).has(parts.length)),
    mayHold: (folderKey) =>
      alternatives.some((parts) => [...statesAfter(parts, folderKey)].some((state) => state < parts.length)),
  }
}

/** One character of a name, or `any number of characters`. */
type Token = ((character: string) => boolean) | 'any'

/** What one part of a key must look like, or `any number of folders`. */
type Part = { readonly tokens: readonly Token[]; readonly namesHidden: boolean } | 'folders'

const MAX_ALTERNATIVES = 1_000

/** Which parts may come next once the key's parts are used up; `parts.length` means the pattern is used up too. */
function statesAfter(parts: readonly Part[], key: string): ReadonlySet<number> {
  let states = withSkippedFolders(parts, [0])
  for (const name of key.split('/')) {
    const hidden = name.startsWith('.')
    const next: number[] = []
    for (const state of states) {
      const part = parts[state]
      if (part === undefined) continue
      if (part === 'folders') {
        if (!hidden) next.push(state)
      } else if ((!hidden || part.namesHidden) && fits(part.tokens, Array.from(name))) next.push(state + 1)
    }
    states = withSkippedFolders(parts, next)
    if (states.size === 0) break
  }
  return states
}

function withSkippedFolders(parts: readonly Part[], states: readonly number[]): ReadonlySet<number> {
  const all = new Set<number>()
  for (let state of states) {
    all.add(state)
    while (parts[state] === 'folders') all.add(++state)
  }
  return all
}

/** Greedy match that steps back to the last `*` only: a later `*` can take whatever an earlier one would have. */
function fits(tokens: readonly Token[], characters: readonly string[]): boolean {
  let token = 0
  let lastAny = -1
  let resumeAt = 0
  for (let at = 0; at < characters.length;) {
    const wanted = tokens[token]
    if (wanted === 'any') {
      lastAny = token++
      resumeAt = at
    } else if (wanted?.(characters[at] ?? '') === true) {
      token++
      at++
    } else if (lastAny >= 0) {
      token = lastAny + 1
      at = ++resumeAt
    } else return false
  }
  while (tokens[token] === 'any') token++
  return token === tokens.length
}

function compileParts(text: string, pattern: string): readonly Part[] {
  const relative = text.replace(/^(\.\/)+/, '')
  if (relative === '') throw invalid(pattern, 'it is empty; write *')
  const parts: Part[] = relative.split('/').map((part) => {
    if (part === '**') return 'folders'
    if (part === '' || part === '.' || part === '..')
      throw invalid(
        pattern,
        'its parts are names below the source folder; leave out a leading /, //, . and ..',
      )
    return { tokens: compileTokens(part, pattern), namesHidden: /^\\?\./.test(part) }
  })
  // A file is asked for, and `a/**` means the files below a, not a file called a.
  if (parts.at(-1) === 'folders') parts.push({ tokens: ['any'], namesHidden: false })
  return parts
}

function compileTokens(part: string, pattern: string): readonly Token[] {
  const characters = Array.from(part)
  const tokens: Token[] = []
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ''
    if (character === '*') {
      if (characters[at + 1] === '*')
        throw invalid(pattern, '** must stand alone between slashes, as in **/*.csv')
      tokens.push('any')
    } else if (character === '?') tokens.push(() => true)
    else if (character === '[') {
      const end = classEnd(characters, at, pattern)
      tokens.push(compileClass(characters.slice(at + 1, end), pattern))
      at = end
    } else if (character === '\\') tokens.push(literal(characters[++at] ?? ''))
    else tokens.push(literal(character))
  }
  return tokens
}

function literal(wanted: string): Token {
  return (character) => character === wanted
}

/** The inside of `[…]`: characters and ranges, negated by a leading `!` or `^`. */
function compileClass(inside: readonly string[], pattern: string): Token {
  const negated = inside[0] === '!' || inside[0] === '^'
  const ranges: (readonly [from: number, to: number])[] = []
  const items = negated ? inside.slice(1) : inside
  if (items[0] === ':' || items.join('').includes('[:'))
    throw invalid(pattern, '[:names:] of characters are not known; list them, as in [a-z]')
  for (let at = 0; at < items.length; at++) {
    if (items[at] === '\\') at++
    const from = codeOf(items[at])
    let to = from
    if (items[at + 1] === '-' && at + 2 < items.length) {
      at += items[at + 2] === '\\' ? 3 : 2
      to = codeOf(items[at])
    }
    if (to < from) throw invalid(pattern, 'a range in [ ] runs backwards')
    ranges.push([from, to])
  }
  return (character) => {
    const code = codeOf(character)
    return ranges.some(([from, to]) => from <= code && code <= to) !== negated
  }
}

function codeOf(character: string | undefined): number {
  return character?.codePointAt(0) ?? -1
}

/** Where the `[` at `start` is closed; a `]` right after `[` or `[!` is one of the characters. */
function classEnd(characters: readonly string[], start: number, pattern: string): number {
  let at = start + 1
  if (characters[at] === '!' || characters[at] === '^') at++
  if (characters[at] === ']') at++
  for (; at < characters.length; at++) {
    if (characters[at] === '\\') at++
    else if (characters[at] === ']') return at
  }
  throw invalid(pattern, 'a [ is never closed; write \\[ for the character itself')
}

/** Every text the braces stand for. Braces without a comma are ordinary characters, as in a shell. */
function expandBraces(text: string, pattern: string): readonly string[] {
  const characters = Array.from(text)
  const group = firstGroup(characters, pattern)
  if (group === undefined) return [text]
  const before = characters.slice(0, group.start).join('')
  const after = characters.slice(group.end + 1).join('')
  const choices = group.choices.length === 1 ? [`\\{${group.choices[0] ?? ''}\\}`] : group.choices
  const texts = choices.flatMap((choice) => expandBraces(before + choice + after, pattern))
  if (texts.length > MAX_ALTERNATIVES)
    throw invalid(pattern, `its braces stand for over ${MAX_ALTERNATIVES} patterns`)
  return texts
}

interface BraceGroup {
  readonly start: number
  readonly end: number
  readonly choices: readonly string[]
}

function firstGroup(characters: readonly string[], pattern: string): BraceGroup | undefined {
  let start = -1
  let depth = 0
  let choiceStart = 0
  const choices: string[] = []
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]
    if (character === '\\') {
      if (++at === characters.length) throw invalid(pattern, 'it ends with a lone \\')
    } else if (character === '[') at = classEnd(characters, at, pattern)
    else if (character === '{') {
      if (depth++ > 0) continue
      start = at
      choiceStart = at + 1
    } else if (depth > 0 && (character === '}' || (character === ',' && depth === 1))) {
      if (character === '}' && --depth > 0) continue
      choices.push(characters.slice(choiceStart, at).join(''))
      choiceStart = at + 1
      if (depth === 0) return checked({ start, end: at, choices }, pattern)
    }
  }
  if (depth > 0) throw invalid(pattern, 'a { is never closed; write \\{ for the character itself')
  return undefined
}

function checked(group: BraceGroup, pattern: string): BraceGroup {
  if (group.choices.length === 1 && /^[^{}]+\.\.[^{}]+$/.test(group.choices[0] ?? ''))
    throw invalid(pattern, '{a..b} is not known; list the choices, as in {1,2,3}')
  return group
}

function invalid(pattern: string, detail: string): CauceError {
  return new CauceError('CONFIG_INVALID', { where: `file pattern ${JSON.stringify(pattern)}`, detail })
}
