import { visibleText } from '../model/visible-text.ts'

/** A name or text from outside on one line, nothing in it obeyed by whoever shows it, and not longer than `most` characters. */
export function shownText(text: string, most: number): string {
  const shown = visibleText(text)
  if (shown.length <= most) return shown
  // A cut must not leave half a character.
  const cut = shown.slice(0, most - 1)
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}
