import { styleText } from 'node:util'

/** Looks we use; each stands for a meaning, not for a colour. */
const STYLES = {
  heading: ['bold'],
  good: ['green'],
  warning: ['yellow'],
  bad: ['red'],
  quiet: ['dim'],
  command: ['cyan'],
} as const

export type Style = keyof typeof STYLES

/** Where text goes: standard output or standard error. */
export interface Screen {
  /** A person watches: lines may be redrawn. */
  readonly isTerminal: boolean
  /** Columns of the terminal now; infinite where nobody measures. */
  readonly width: number
  /** The text in colour, where the stream takes colours (NO_COLOR and FORCE_COLOR are honoured). */
  readonly paint: (style: Style, text: string) => string
  readonly write: (text: string) => void
  /** One line, and its end. */
  readonly line: (text?: string) => void
}

export function screenOn(stream: NodeJS.WriteStream): Screen {
  const isTerminal = stream.isTTY
  return {
    isTerminal,
    get width() {
      return isTerminal ? stream.columns : Number.POSITIVE_INFINITY
    },
    paint: (style, text) => styleText([...STYLES[style]], text, { stream, validateStream: true }),
    write: (text) => {
      stream.write(text)
    },
    line: (text = '') => {
      stream.write(`${text}\n`)
    },
  }
}
