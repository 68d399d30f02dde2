import type { SheetChoice } from '../../model/plan.ts'
import type { SheetEntry } from './workbook.ts'
import { unreadable } from './workbook-archive.ts'

type CellSheet = SheetEntry & { readonly part: string }

/**
 * The sheets a declaration speaks of. Sheets of charts are none; hidden ones are read when asked for by name or number, or all.
 * @throws {CauceError} FILE_UNREADABLE naming the sheets there are
 */
export function chooseSheets(
  sheets: readonly SheetEntry[],
  choice: SheetChoice,
  file: string,
): readonly CellSheet[] {
  const visible = sheets.filter(hasCells).filter(({ isHidden }) => !isHidden)
  switch (choice.kind) {
    case 'first':
      return visible.length > 0 ? visible.slice(0, 1) : sheets.filter(hasCells).slice(0, 1)
    case 'every':
      return choice.hidden ? sheets.filter(hasCells) : visible
    case 'name':
    case 'number': {
      const found =
        choice.kind === 'number'
          ? sheets[choice.number - 1]
          : (sheets.find(({ name }) => name === choice.name) ??
            sheets.find(({ name }) => name.toLowerCase() === choice.name.toLowerCase()))
      if (found !== undefined && hasCells(found)) return [found]
      const names = sheets.map(({ name }) => `"${name}"`).join(', ')
      const asked = choice.kind === 'number' ? `number ${choice.number}` : `"${choice.name}"`
      throw unreadable(file, `it has no sheet ${asked} with cells; its sheets are ${names}`)
    }
  }
}

function hasCells(sheet: SheetEntry): sheet is CellSheet {
  return sheet.part !== undefined
}
