import { CauceError } from '../../model/cauce-error.ts'
import type { Encoding } from './encoding.ts'
import type { Marks } from './record-scanner.ts'

/** The characters that give a file its structure. */
export interface DialectCharacters {
  readonly delimiter: string
  readonly quote: string | null
  readonly escape: string | null
  readonly spacedQuotes: boolean
}

/**
 * The code units of a dialect's characters. An escape equal to the quote is no escape: doubled quotes are always understood.
 *
 * @throws {CauceError} CONFIG_INVALID when a character cannot play its part or two play the same.
 */
export function marksOf(characters: DialectCharacters, encoding: Encoding): Marks {
  const delimiter = markOf('delimiter', characters.delimiter, encoding)
  const quote = characters.quote === null ? -1 : markOf('quote', characters.quote, encoding)
  const escape = characters.escape === null ? -1 : markOf('escape', characters.escape, encoding)
  if (delimiter === quote || delimiter === escape)
    throw invalid('delimiter', `"${characters.delimiter}" cannot also be the quote or the escape`)
  return { delimiter, quote, escape: escape === quote ? -1 : escape, spacedQuotes: characters.spacedQuotes }
}

function markOf(role: string, text: string, encoding: Encoding): number {
  const unit = text.charCodeAt(0)
  if (text.length !== 1 || unit > 0x7e || unit === 0 || text === '\n' || text === '\r')
    throw invalid(role, `${JSON.stringify(text)} is not one ASCII character other than a line end`)
  // From 0x40 on, a byte may be the second half of a character in these encodings.
  if (encoding.kind === 'multi-byte' && unit >= 0x40)
    throw invalid(
      role,
      `"${text}" is also part of characters in ${encoding.name}; convert the file to UTF-8 first`,
    )
  return unit
}

function invalid(role: string, detail: string): CauceError {
  return new CauceError('CONFIG_INVALID', { where: `read.${role}`, detail })
}
