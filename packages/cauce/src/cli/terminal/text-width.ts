/**
 * Columns a text takes on a terminal: grapheme clusters (UAX #29) of width 0, 1 or 2, two for East Asian Wide and Fullwidth
 * (UAX #11) and for emoji shown as pictures (UTS #51). Ambiguous characters count one, as terminals outside East Asia draw them.
 */
export function textWidth(text: string): number {
  // Nearly every text; and a segmenter costs a millisecond to build.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter().segment(text)) width += clusterWidth(segment)
  return width
}

/** The longest head of a text that takes at most `width` columns; a cluster is never cut. */
export function headOfWidth(text: string, width: number): string {
  let head = ''
  let taken = 0
  for (const { segment } of segmenter().segment(text)) {
    taken += clusterWidth(segment)
    if (taken > width) break
    head += segment
  }
  return head
}

/** The longest tail of a text that takes at most `width` columns. */
export function tailOfWidth(text: string, width: number): string {
  const clusters = [...segmenter().segment(text)].map(({ segment }) => segment)
  let tail = ''
  let taken = 0
  for (const cluster of clusters.toReversed()) {
    taken += clusterWidth(cluster)
    if (taken > width) break
    tail = cluster + tail
  }
  return tail
}

let built: Intl.Segmenter | undefined

function segmenter(): Intl.Segmenter {
  built ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return built
}

const INVISIBLE = /^[\p{Mark}\p{Control}\p{Format}\p{Surrogate}\p{Default_Ignorable_Code_Point}]*$/u
const PICTURE = /\p{Emoji_Presentation}|\p{Emoji}\uFE0F/u

/** Wide and Fullwidth blocks of EastAsianWidth.txt (Unicode 16); emoji are told by their own property. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2fb}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u

function clusterWidth(cluster: string): 0 | 1 | 2 {
  if (INVISIBLE.test(cluster)) return 0
  return WIDE.test(cluster) || PICTURE.test(cluster) ? 2 : 1
}
