import { fillText, type Language, type Text } from './language.ts'
import { type Figures, figuresIn } from './figures.ts'

/** A sentence about a number of things; `{n}` is the number as people write it. */
export interface CountedText {
  readonly one: Text
  readonly other: Text
}

/** Says our texts in the reader's language. */
export interface Speaker {
  readonly language: Language
  readonly figures: Figures
  readonly say: (text: Text, details?: Readonly<Record<string, string | number>>) => string
  readonly count: (text: CountedText, n: number) => string
}

export function speakerOf(language: Language): Speaker {
  const figures = figuresIn(language)
  const say: Speaker['say'] = (text, details = {}) => fillText(text[language], details)
  return {
    language,
    figures,
    say,
    count: ({ one, other }, n) => say(n === 1 ? one : other, { n: figures.count(n) }),
  }
}
