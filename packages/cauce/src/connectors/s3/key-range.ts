/** The part of a bucket that can hold what a pattern fits. */
export interface KeyRange {
  /** What all keys that fit begin with. */
  readonly prefix: string
  /** Nothing below a further `/` can fit. */
  readonly isOneFolder: boolean
}

/** What can be known of the fitting keys from the pattern's beginning: listings are then as short as they can be. */
export function keyRange(pattern: string): KeyRange {
  const relative = pattern.replace(/^(\.\/)+/, '')
  const at = relative.search(/[*?[\]{}\\]/)
  // MinIO refuses a prefix whose last part is a dot or two.
  const prefix = (at < 0 ? relative : relative.slice(0, at)).replace(/(^|\/)\.{1,2}$/, '$1')
  const rest = at < 0 ? '' : relative.slice(at)
  return { prefix, isOneFolder: !rest.includes('/') && !rest.includes('**') }
}
