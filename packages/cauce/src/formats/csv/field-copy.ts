import { quoteAfterSpaces, type Marks, type RecordScanner } from './record-scanner.ts'
import type { UnitDecoder } from './unit-decoder.ts'
import { roomFor, type Units } from './units.ts'

/** `\N`, the null of MySQL's exports: kept as it stands, so that it can be told from a plain N. */
const NULL_LETTER = 0x4e

/** Where copies go. */
export interface CopyTarget {
  readonly units: Units
  /** A unit to write twice, -1 for none. */
  readonly doubled: number
}

/**
 * Copies what a field says, its quotes and escapes resolved, to `target` at `position`.
 *
 * @param plain whether quotes and escapes are plain text here.
 * @returns the position after the copy; it takes at most twice the field's length.
 */
export function copyField(
  units: Units,
  start: number,
  end: number,
  marks: Marks,
  plain: boolean,
  target: CopyTarget,
  position: number,
): number {
  if (plain) return copyPlain(units, start, end, -1, target, position)
  const { quote, escape } = marks
  const opening = marks.spacedQuotes ? quoteAfterSpaces(units, start, quote) : start
  if (opening >= end || units[opening] !== quote) {
    const isNull = end - start === 2 && units[start] === escape && units[start + 1] === NULL_LETTER
    return copyPlain(units, start, end, isNull ? -1 : escape, target, position)
  }
  let to = position
  for (let at = opening + 1; at < end; at++) {
    let unit = units[at] as number
    if (unit === quote) {
      if (at + 1 >= end || units[at + 1] !== quote) return copyPlain(units, at + 1, end, escape, target, to)
      at++
    } else if (unit === escape && at + 1 < end) unit = units[++at] as number
    target.units[to++] = unit
    if (unit === target.doubled) target.units[to++] = unit
  }
  return to
}

function copyPlain(
  units: Units,
  start: number,
  end: number,
  escape: number,
  target: CopyTarget,
  position: number,
): number {
  let to = position
  for (let at = start; at < end; at++) {
    let unit = units[at] as number
    if (unit === escape && at + 1 < end) unit = units[++at] as number
    target.units[to++] = unit
    if (unit === target.doubled) target.units[to++] = unit
  }
  return to
}

/** The fields of the record a scanner just met, as text. Meaningless bytes and NUL stand as `\xNN`. */
export function fieldTexts(
  units: Units,
  scanner: RecordScanner,
  marks: Marks,
  decoder: UnitDecoder,
): string[] {
  const count = Math.min(scanner.width, scanner.fieldStarts.length)
  const span = (scanner.fieldEnds[count - 1] ?? 0) - (scanner.fieldStarts[0] ?? 0)
  const target = { units: roomFor(span, units.BYTES_PER_ELEMENT === 2 ? 2 : 1), doubled: -1 }
  const texts: string[] = []
  for (let field = 0; field < count; field++) {
    const start = scanner.fieldStarts[field] ?? 0
    const end = scanner.fieldEnds[field] ?? 0
    const length = copyField(units, start, end, marks, start >= scanner.plainFrom, target, 0)
    texts.push(decoder.show(target.units.subarray(0, length)).text)
  }
  return texts
}
