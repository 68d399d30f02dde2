import type { Speaker } from './speaker.ts'
import { placeholderTexts } from './texts/placeholder-texts.ts'

/** Names in brackets, as help and the parser show them (`<pipeline>`, `[items...]`), in the reader's language. */
export function placeholdersInLanguage(text: string, say: Speaker['say']): string {
  return text.replace(/([<[])([a-z]+)/g, (mark, open: string, name: string) =>
    Object.hasOwn(placeholderTexts, name)
      ? open + say(placeholderTexts[name as keyof typeof placeholderTexts])
      : mark,
  )
}
