import { headOfWidth, tailOfWidth, textWidth } from './text-width.ts'

/** A name that must give way loses its middle: the ends tell names apart. */
export function shortened(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  if (width < 4) return headOfWidth(text, Math.max(0, width - 1)) + (width > 0 ? '…' : '')
  const tail = Math.floor((width - 1) / 2)
  return `${headOfWidth(text, width - 1 - tail)}…${tailOfWidth(text, tail)}`
}
