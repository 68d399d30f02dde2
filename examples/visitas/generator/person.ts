import { scattered } from './chance.ts'

const CONSONANTS = 'bcdfghlmnprstvyz'
const VOWELS = 'aeiou'
const SYLLABLES = CONSONANTS.length * VOWELS.length
const LETTER_GROUPS = 4
/** As many different people as there are names of four syllables. */
export const MOST_PEOPLE = SYLLABLES ** LETTER_GROUPS

/** Names reserved for examples and tests (RFC 2606, RFC 6761): mail to them arrives nowhere. */
const DOMAINS = [
  'example.com',
  'example.com',
  'example.com',
  'example.com',
  'example.com',
  'example.org',
  'example.net',
  'correo.example',
  'mail.example.com',
  'red.com.example',
  'buzon.test',
  'mx.example.net',
] as const

/**
 * The address of an invented person. Two numbers below `MOST_PEOPLE` never give the same one: the letters alone tell them
 * apart. About half have digits, an underscore, a dot or a dash in it, as the addresses of the real files do.
 */
export function personEmail(person: number): string {
  const look = scattered(person)
  // Steps of a size that shares no factor with the number of names visit each of them once.
  const letters = syllables((person * 17_654_337 + 1_234_567) % MOST_PEOPLE)
  return `${dressed(letters, look)}@${DOMAINS[look % DOMAINS.length]}`
}

function syllables(number: number): string {
  let rest = number
  let letters = ''
  for (let group = 0; group < LETTER_GROUPS; group++) {
    const syllable = rest % SYLLABLES
    letters +=
      (CONSONANTS[Math.floor(syllable / VOWELS.length)] ?? '') + (VOWELS[syllable % VOWELS.length] ?? '')
    rest = Math.floor(rest / SYLLABLES)
  }
  return letters
}

function dressed(letters: string, look: number): string {
  const digits = String((look >>> 8) % 10_000)
  const [given, family] = [letters.slice(0, 4), letters.slice(4)]
  switch (look >>> 28) {
    case 0:
    case 1:
    case 2:
    case 3:
      return letters
    case 4:
    case 5:
    case 6:
      return letters + digits
    case 7:
    case 8:
    case 9:
      return `${given}_${family}`
    case 10:
    case 11:
      return `${letters}_${digits}`
    case 12:
      return `${given}.${family}`
    case 13:
      return `${given}.${family}${digits}`
    case 14:
      return `${given}_${family}${digits}`
    default:
      return `${given}-${family}`
  }
}
