/** Deepest nesting passed on: MySQL takes no more, and nobody means it. */
export const DEEPEST = 100

/**
 * Calls `visit` for each member of the object that begins at `start` in a text known to be valid JSON, with the key and where
 * its value begins and ends.
 * @returns the deepest nesting inside, the object itself being 1
 */
export function eachMember(
  text: string,
  start: number,
  visit: (key: string, valueStart: number, valueEnd: number) => void,
): number {
  let at = passSpace(text, start + 1)
  let deepest = 1
  while (text[at] !== '}') {
    const keyEnd = stringEnd(text, at)
    const key = unquoted(text, at, keyEnd)
    // Past the colon.
    const valueStart = passSpace(text, passSpace(text, keyEnd) + 1)
    const value = valueEnd(text, valueStart)
    deepest = Math.max(deepest, value.depth + 1)
    visit(key, valueStart, value.end)
    at = passSpace(text, value.end)
    if (text[at] === ',') at = passSpace(text, at + 1)
  }
  return deepest
}

/** The text of a string that stands in quotes from `start` to `end`. */
export function unquoted(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1)
  return inner.includes('\\') ? String(JSON.parse(text.slice(start, end))) : inner
}

function valueEnd(text: string, start: number): { readonly end: number; readonly depth: number } {
  const first = text[start]
  if (first === '"') return { end: stringEnd(text, start), depth: 0 }
  if (first !== '{' && first !== '[') {
    let end = start + 1
    while (end < text.length && !',}] \t\r\n'.includes(text[end] ?? '')) end++
    return { end, depth: 0 }
  }
  let depth = 0
  let deepest = 0
  for (let at = start; ; at++) {
    const character = text[at]
    if (character === '"') at = stringEnd(text, at) - 1
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth)
    else if ((character === '}' || character === ']') && --depth === 0) return { end: at + 1, depth: deepest }
  }
}

function stringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text[at - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return at + 1
  }
}

function passSpace(text: string, start: number): number {
  let at = start
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  return at
}
