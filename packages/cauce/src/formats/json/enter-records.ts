import { CauceError } from '../../model/cauce-error.ts'
import type { ByteWindow } from './byte-window.ts'
import type { RecordShape, RecordWalk } from './walk-records.ts'

const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, COLON, COMMA] = [0x7b, 0x7d, 0x5b, 0x3a, 0x2c]

/**
 * Goes to where the records of a JSON document begin: into its array, or by `path` into the array found there.
 * @throws {CauceError} FILE_UNREADABLE saying what stands there instead
 */
export async function enterRecords(
  walk: RecordWalk,
  window: ByteWindow,
  path: readonly string[],
  file: string,
): Promise<RecordShape> {
  const first = await walk.peek()
  if (first === undefined)
    throw new CauceError('FILE_UNREADABLE', { file, detail: 'it is empty, and no JSON' })
  if (path.length === 0) {
    if (first !== OPEN_ARRAY && first !== OPEN_OBJECT) throw walk.broken('expected [ or {')
    if (first === OPEN_ARRAY) window.at++
    return first === OPEN_ARRAY ? 'elements' : 'values'
  }
  for (const [depth, key] of path.entries()) {
    if ((await walk.peek()) !== OPEN_OBJECT)
      throw walk.broken(
        `records are said to be at ${shown(path)}, but ${shown(path.slice(0, depth))} is no object`,
      )
    window.at++
    await enterMember(walk, window, key, path)
  }
  if ((await walk.peek()) !== OPEN_ARRAY) throw walk.broken(`${shown(path)} is no array of records`)
  window.at++
  return 'elements'
}

/** What stands behind the array of records must close the document, and nothing may follow it. */
export async function leaveRecords(walk: RecordWalk, depth: number): Promise<void> {
  if (depth > 0) await walk.skip(depth)
  if ((await walk.peek()) !== undefined) throw walk.broken('something stands behind the end of the document')
}

async function enterMember(
  walk: RecordWalk,
  window: ByteWindow,
  key: string,
  path: readonly string[],
): Promise<void> {
  for (;;) {
    if ((await walk.peek()) === CLOSE_OBJECT)
      throw walk.broken(`there is no ${shown(path)} ("${key}" is missing)`)
    const found = await walk.string()
    if ((await walk.peek()) !== COLON) throw walk.broken('expected a colon after a key')
    window.at++
    await walk.peek()
    if (found === key) return
    await walk.skip()
    if ((await walk.peek()) === COMMA) window.at++
    else if ((await walk.peek()) !== CLOSE_OBJECT) throw walk.broken('expected a comma or }')
  }
}

function shown(path: readonly string[]): string {
  return path.length === 0 ? 'the document' : `"${path.join('.')}"`
}
