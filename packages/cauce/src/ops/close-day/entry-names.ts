import { MANIFEST_NAME } from '../../model/day-manifest.ts'

const MOST_PART_BYTES = 200
const MOST_NAME_BYTES = 1_000

/** What no file system, or not every one, takes in a name; what a terminal would obey; and what parts of a path are told apart by. */
const UNFIT =
  // oxlint-disable-next-line no-control-regex
  /[\x00-\x1f\x7f-\x9f<>:"|?*\\\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** Names of devices, on Windows whatever their ending. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i

/**
 * Names for the files in an archive: the keys they had at their source, made safe to unpack anywhere, and no two alike on any file
 * system, however it treats upper and lower case or accents. They are names for people: nothing of ours is found by them.
 */
export class EntryNames {
  readonly #files = new Set<string>([folded(MANIFEST_NAME)])
  readonly #folders = new Set<string>()

  /** Names that are given already stay as they are. */
  constructor(given: Iterable<string> = []) {
    for (const name of given) this.#take(name.split('/'))
  }

  nameFor(key: string): string {
    const parts = safeParts(key)
    const path: string[] = []
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1
      path.push(this.#free(path, part, isLast))
    }
    this.#take(path)
    return path.join('/')
  }

  /** A file must not be called like another or like a folder, nor a folder like a file. */
  #free(path: readonly string[], part: string, isLast: boolean): string {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? part : numbered(part, number)
      const name = folded([...path, candidate].join('/'))
      if (!this.#files.has(name) && !(isLast && this.#folders.has(name))) return candidate
    }
  }

  #take(path: readonly string[]): void {
    this.#files.add(folded(path.join('/')))
    for (let length = 1; length < path.length; length++)
      this.#folders.add(folded(path.slice(0, length).join('/')))
  }
}

/** `report_7.txt` → `report_7~2.txt`. */
function numbered(part: string, number: number): string {
  const dot = part.lastIndexOf('.')
  const cut = dot <= 0 ? part.length : dot
  return `${part.slice(0, cut)}~${number}${part.slice(cut)}`
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}

function safeParts(key: string): readonly string[] {
  const parts = key
    .split('/')
    .filter((part) => part !== '')
    .map(safePart)
  const last = parts.at(-1) ?? '_'
  const isLong = Buffer.byteLength(parts.join('/')) > MOST_NAME_BYTES
  return parts.length === 0 || isLong ? [last] : parts
}

function safePart(part: string): string {
  const clean = part
    .toWellFormed()
    .replace(UNFIT, '_')
    // Windows takes such an end away.
    .replace(/[. ]+$/, (end) => '_'.repeat(end.length))
  const named = DEVICE.test(clean) ? `_${clean}` : clean
  return shortened(named === '' ? '_' : named)
}

/** The end of a name tells what kind of file it is. */
function shortened(part: string): string {
  if (Buffer.byteLength(part) <= MOST_PART_BYTES) return part
  const ending = /\.[^.]{1,20}$/.exec(part)?.[0] ?? ''
  const room = MOST_PART_BYTES - Buffer.byteLength(ending)
  let head = ''
  for (const character of part) {
    if (Buffer.byteLength(head + character) > room) break
    head += character
  }
  return head + ending
}
