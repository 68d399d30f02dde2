import type { Screen } from './screen.ts'
import { textWidth } from './text-width.ts'

/** Narrower than this, wrapping makes a text worse. */
const LEAST_WIDTH = 20

/** Writes a text in lines no wider than the screen, the first led by `lead`, the others by as many blanks. */
export function wrapLine(
  screen: Pick<Screen, 'width'>,
  lead: string,
  text: string,
  leadWidth = textWidth(lead),
): string {
  const room = screen.width - leadWidth
  if (room < LEAST_WIDTH || textWidth(text) <= room) return lead + text
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && textWidth(longer) > room) {
      lines.push(line)
      line = word
    } else line = longer
  }
  lines.push(line)
  return lead + lines.join(`\n${' '.repeat(leadWidth)}`)
}
