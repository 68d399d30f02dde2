import { unreadable, type WorkbookArchive } from './workbook-archive.ts'
import { attribute, XmlScanner } from './xml-scanner.ts'

export interface SheetEntry {
  readonly name: string
  readonly isHidden: boolean
  /** Its part in the archive; undefined for sheets without cells (charts). */
  readonly part: string | undefined
}

/** What a workbook says of itself. */
export interface Workbook {
  readonly sheets: readonly SheetEntry[]
  /** Days are counted from 1904 instead of 1900. */
  readonly is1904: boolean
  readonly stringsPart: string | undefined
  readonly stylesPart: string | undefined
}

interface Relation {
  readonly id: string
  /** Last word of its type: the same in the strict and the usual form of the format. */
  readonly type: string
  readonly part: string
}

/** Reads the list of sheets. @throws {CauceError} FILE_UNREADABLE */
export async function readWorkbook(archive: WorkbookArchive): Promise<Workbook> {
  const root = await relationsOf(archive, '')
  const part = root.find(({ type }) => type === 'officeDocument')?.part ?? 'xl/workbook.xml'
  const text = await archive.text(part)
  if (text === undefined) throw unreadable(archive.file, 'it holds no workbook')
  const relations = await relationsOf(archive, part)
  const sheets: SheetEntry[] = []
  let is1904 = false
  const scanner = new XmlScanner({
    open: (name, attributes) => {
      // Extensions of the format repeat the element without the attribute.
      if (name === 'workbookPr') is1904 ||= /^(1|true)$/.test(attribute(attributes, 'date1904') ?? '')
      if (name !== 'sheet') return
      // `id` with a prefix; `sheetId` is another.
      const id = /[\w]+:id\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1]
      const found = relations.find((relation) => relation.id === id)
      sheets.push({
        name: attribute(attributes, 'name') ?? '',
        isHidden: (attribute(attributes, 'state') ?? 'visible') !== 'visible',
        part: found?.type === 'worksheet' && archive.has(found.part) ? found.part : undefined,
      })
    },
    close: () => {},
    text: () => {},
  })
  scanner.push(text)
  const partOf = (type: string): string | undefined => {
    const found = relations.find((relation) => relation.type === type)?.part
    return found !== undefined && archive.has(found) ? found : undefined
  }
  return { sheets, is1904, stringsPart: partOf('sharedStrings'), stylesPart: partOf('styles') }
}

async function relationsOf(archive: WorkbookArchive, part: string): Promise<readonly Relation[]> {
  const slash = part.lastIndexOf('/')
  const [folder, name] = [part.slice(0, slash + 1), part.slice(slash + 1)]
  const text = await archive.text(`${folder}_rels/${name}.rels`)
  const found: Relation[] = []
  const scanner = new XmlScanner({
    open: (element, attributes) => {
      if (element !== 'Relationship') return
      found.push({
        id: attribute(attributes, 'Id') ?? '',
        type: (attribute(attributes, 'Type') ?? '').split('/').at(-1) ?? '',
        part: resolved(folder, attribute(attributes, 'Target') ?? ''),
      })
    },
    close: () => {},
    text: () => {},
  })
  scanner.push(text ?? '')
  return found
}

function resolved(folder: string, target: string): string {
  const parts: string[] = []
  for (const part of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}
