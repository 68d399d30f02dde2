/** A date format in the letters of people, taken apart once for every engine. */
export interface DateFormat {
  /** Matches exactly the texts the format can spell; ranges of months and days are left to the cast. */
  readonly pattern: string
  /** The same format for strptime. */
  readonly strptime: string
  /** Its letters, and where each stands in a text of the format: all tokens are as long as what they spell. */
  readonly tokens: readonly { readonly token: string; readonly at: number }[]
  readonly hasDate: boolean
  readonly hasTime: boolean
}

/** Years below 1000 are refused: databases disagree on them, and `24` read as year 24 is a mistake every time. */
const TOKENS: Readonly<Record<string, { readonly pattern: string; readonly strptime: string }>> = {
  yyyy: { pattern: '[1-9][0-9]{3}', strptime: '%Y' },
  MM: { pattern: '[0-9]{2}', strptime: '%m' },
  dd: { pattern: '[0-9]{2}', strptime: '%d' },
  HH: { pattern: '[0-9]{2}', strptime: '%H' },
  mm: { pattern: '[0-9]{2}', strptime: '%M' },
  ss: { pattern: '[0-9]{2}', strptime: '%S' },
  SSS: { pattern: '[0-9]{3}', strptime: '%g' },
  SSSSSS: { pattern: '[0-9]{6}', strptime: '%f' },
}

const TOKEN = /yyyy|SSSSSS|SSS|MM|dd|HH|mm|ss/g

/**
 * Takes a format such as `dd/MM/yyyy HH:mm` apart.
 * @returns undefined when a letter is not one of dd, MM, yyyy, HH, mm, ss, SSS, SSSSSS (`T` and `Z` stand for themselves), or one repeats.
 */
export function parseDateFormat(format: string): DateFormat | undefined {
  const seen = [...format.matchAll(TOKEN)].map(([token]) => token)
  const rest = format.replace(TOKEN, '')
  if (/[A-SU-Ya-z%]/.test(rest) || new Set(seen).size !== seen.length) return undefined
  let pattern = ''
  let strptime = ''
  let end = 0
  for (const match of format.matchAll(TOKEN)) {
    const literal = format.slice(end, match.index)
    const token = TOKENS[match[0]]
    if (token === undefined) return undefined
    pattern += escapeLiteral(literal) + token.pattern
    strptime += literal + token.strptime
    end = match.index + match[0].length
  }
  const tail = format.slice(end)
  const has = (...tokens: readonly string[]): boolean => tokens.every((token) => seen.includes(token))
  return {
    pattern: pattern + escapeLiteral(tail),
    strptime: strptime + tail,
    tokens: [...format.matchAll(TOKEN)].map((match) => ({ token: match[0], at: match.index })),
    hasDate: has('yyyy', 'MM', 'dd'),
    hasTime: has('HH', 'mm'),
  }
}

function escapeLiteral(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
