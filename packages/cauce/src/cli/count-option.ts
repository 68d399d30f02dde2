import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import type { Text } from '../model/language.ts'
import type { Speaker } from './speaker.ts'
import { usageTexts } from './texts/usage-texts.ts'

/** An option whose value is a whole number from 1 to `most`. */
export function countOption<const Flags extends string>(
  { say, figures }: Speaker,
  flags: Flags,
  description: Text,
  most: number,
) {
  return new Option(flags, say(description)).argParser((value) => {
    const count = /^[0-9]{1,9}$/.test(value) ? Number(value) : 0
    if (count < 1 || count > most)
      throw new InvalidArgumentError(say(usageTexts.wholeNumber, { least: 1, most: figures.count(most) }))
    return count
  })
}
