import { visibleText } from '../../model/visible-text.ts'

/** What may stand in a page as it is. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Piece = string | number | Html | readonly Piece[] | undefined

/** A piece of a page; what is put into it is escaped, unless it is such a piece itself: a text from outside never is. */
export function markup(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(texts.map((text, index) => text + markupOf(pieces[index])).join(''))
}

function markupOf(piece: Piece): string {
  if (piece === undefined) return ''
  if (piece instanceof Html) return piece.text
  if (typeof piece === 'object') return piece.map(markupOf).join('')
  return visibleText(String(piece)).replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
}
