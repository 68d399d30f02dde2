import { stripVTControlCharacters } from 'node:util'
import type { Screen } from './screen.ts'
import { textWidth } from './text-width.ts'

/** Narrower than this, wrapping makes a text worse. */
const LEAST_WIDTH = 20

/** Stands for a blank at which no line is broken. */
const FIRM_BLANK = '\u00a0'

/** A command to be copied: stays on one line where it fits on one. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', FIRM_BLANK)
}

/** A text in lines no wider than the screen, the first led by `lead`, the others by as many blanks. Colours take no room. */
export function wrapLine(
  screen: Pick<Screen, 'width'>,
  lead: string,
  text: string,
  leadWidth = shownWidth(lead),
): string {
  const room = screen.width - leadWidth
  const lines = room < LEAST_WIDTH ? [text] : wrapped(text, room)
  return (lead + lines.join(`\n${' '.repeat(leadWidth)}`)).replaceAll(FIRM_BLANK, ' ')
}

/** A text in lines of at most `room` columns, broken between words; a longer word keeps a line of its own. */
export function wrapped(text: string, room: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && shownWidth(longer) > room) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}

function shownWidth(text: string): number {
  return textWidth(stripVTControlCharacters(text))
}
