const QUOTE = 0x22
const BACKSLASH = 0x5c

/** How far the scan of one JSON value has come; `at` is the next byte to look at. */
export interface ValueScan {
  at: number
  depth: number
  inString: boolean
}

export function beginScan(at: number): ValueScan {
  return { at, depth: 0, inString: false }
}

/**
 * Goes on until the value that begins at the scan's first `at` ends, by brackets and quotes alone.
 * @returns the place behind the value; -1 when the bytes end first: read on and call again
 */
export function scanValue(scan: ValueScan, bytes: Uint8Array): number {
  if (scan.depth === 0 && !scan.inString && !isStructured(bytes[scan.at])) return scanScalar(scan, bytes)
  let { at, depth, inString } = scan
  for (; at < bytes.length; at++) {
    const byte = bytes[at]
    if (inString) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) {
        inString = false
        if (depth === 0) return at + 1
      }
    } else if (byte === QUOTE) inString = true
    else if (byte === 0x7b || byte === 0x5b) depth++
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at + 1
  }
  scan.at = at
  scan.depth = depth
  scan.inString = inString
  return -1
}

function scanScalar(scan: ValueScan, bytes: Uint8Array): number {
  while (scan.at < bytes.length) {
    if (isSpace(bytes[scan.at]) || isMark(bytes[scan.at])) return scan.at
    scan.at++
  }
  return -1
}

function isStructured(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x5b || byte === QUOTE
}

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Comma, colon or a closing bracket. */
function isMark(byte: number | undefined): boolean {
  return byte === 0x2c || byte === 0x3a || byte === 0x5d || byte === 0x7d
}
