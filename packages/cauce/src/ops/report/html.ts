import { visibleText } from '../../model/visible-text.ts'

/** Markup that may stand in a page as it is. Made by `html` and `raw` only, so that a text from outside never is. */
export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

type Piece = string | number | Html | readonly Piece[] | undefined

/** A piece of a page; what is put into it is escaped, unless it is such a piece itself. */
export function html(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(texts.map((text, index) => text + markupOf(pieces[index])).join(''))
}

function markupOf(piece: Piece): string {
  if (piece === undefined) return ''
  if (piece instanceof Html) return piece.markup
  if (typeof piece === 'object') return piece.map(markupOf).join('')
  return visibleText(String(piece)).replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
}
