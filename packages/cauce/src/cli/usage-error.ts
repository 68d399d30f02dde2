import type { CommanderError } from '@commander-js/extra-typings'
import type { Text } from '../model/language.ts'
import { placeholdersInLanguage } from './placeholders-in-language.ts'
import type { Speaker } from './speaker.ts'
import { usageTexts } from './texts/usage-texts.ts'

/** The parser's sentences, by what they say; it speaks English only. */
const SENTENCES: readonly (readonly [RegExp, Text])[] = [
  [/^error: unknown option '(.*?)'/s, usageTexts.unknownOption],
  [/^error: unknown command '(.*?)'/s, usageTexts.unknownCommand],
  [/^error: missing required argument '(.*)'/s, usageTexts.missingArgument],
  [/^error: option '(.*?)' argument missing/s, usageTexts.missingValue],
  [/^error: option '(.*?)' argument '(.*?)' is invalid\. (.*)$/s, usageTexts.invalidOption],
  [
    /^error: command-argument value '(.*?)' is invalid for argument '(.*?)'\. (.*)$/s,
    usageTexts.invalidArgument,
  ],
  [/^error: too many arguments.*?: (.*)\.$/s, usageTexts.excessArguments],
]
const ALLOWED = /Allowed choices are (.*)\.$/s
const MEANT = /\(Did you mean (?:one of )?(.*?)\?\)$/s

/** What is wrong with the command line, in the reader's language. A sentence we do not know is passed on as it is. */
export function usageMessage({ message }: Pick<CommanderError, 'message'>, { say }: Speaker): string {
  const meant = MEANT.exec(message)?.[1]
  const allowed = ALLOWED.exec(message)
  const known =
    allowed === null ? message : message.replace(ALLOWED, say(usageTexts.allowed, { 1: allowed[1] ?? '' }))
  const sentence = SENTENCES.map(([pattern, text]) => ({ found: pattern.exec(known), text })).find(
    ({ found }) => found !== null,
  )
  const said =
    sentence?.found == null
      ? message.replace(/^error: /, '')
      : placeholdersInLanguage(say(sentence.text, Object.fromEntries([...sentence.found].entries())), say)
  return meant === undefined ? said : `${said}. ${say(usageTexts.didYouMean, { 1: meant })}`
}
