import { zipOf } from '../compression/zip-of.test-kit.ts'

/** A workbook written by hand, part by part: what no spreadsheet program would let a test say. */
export interface HandMade {
  /** Sheet names with what stands inside `<sheetData>`, and behind it. */
  readonly sheets: readonly {
    readonly name: string
    readonly rows: string
    readonly after?: string
    readonly state?: string
  }[]
  readonly strings?: string
  /** Formats of the styles 0, 1, …: codes. */
  readonly styles?: readonly string[]
  readonly workbookPr?: string
  /** The strict form of the format: other namespaces, prefixes on every element. */
  readonly strict?: boolean
}

export function workbookOf({
  sheets,
  strings,
  styles = [],
  workbookPr = '',
  strict = false,
}: HandMade): Buffer {
  const types = strict
    ? 'http://purl.oclc.org/ooxml/officeDocument/relationships'
    : 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const p = strict ? 'x:' : ''
  const xmlns = strict
    ? `xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main" xmlns:r="${types}"`
    : `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${types}"`
  const prefixed = (xml: string): string => (strict ? xml.replaceAll(/<(\/?)(?=[a-zA-Z])/g, '<$1x:') : xml)
  const relation = (id: string, type: string, target: string): string =>
    `<Relationship Id="${id}" Type="${types}/${type}" Target="${target}"/>`
  const parts: Record<string, string> = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': `<Relationships>${relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0"?><${p}workbook ${xmlns}><${p}workbookPr ${workbookPr}/><${p}sheets>${sheets
      .map(
        ({ name, state = 'visible' }, i) =>
          `<${p}sheet name="${name}" sheetId="${i + 7}" state="${state}" r:id="rId${i + 1}"/>`,
      )
      .join('')}</${p}sheets></${p}workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${[
      ...sheets.map((_, i) => relation(`rId${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`)),
      relation('rId98', 'sharedStrings', '/xl/sharedStrings.xml'),
      relation('rId99', 'styles', 'styles.xml'),
    ].join('')}</Relationships>`,
    'xl/styles.xml': prefixed(
      `<styleSheet><numFmts>${styles.map((code, i) => `<numFmt numFmtId="${200 + i}" formatCode="${code}"/>`).join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${styles.map((_, i) => `<xf numFmtId="${200 + i}"/>`).join('')}</cellXfs></styleSheet>`,
    ),
    ...(strings === undefined ? {} : { 'xl/sharedStrings.xml': prefixed(`<sst>${strings}</sst>`) }),
  }
  for (const [i, { rows, after = '' }] of sheets.entries())
    parts[`xl/worksheets/sheet${i + 1}.xml`] =
      `<?xml version="1.0"?><${p}worksheet ${xmlns}>${prefixed(`<sheetData>${rows}</sheetData>${after}`)}</${p}worksheet>`
  return zipOf(...Object.entries(parts).map(([name, text]) => ({ name, content: Buffer.from(text) })))
}

/** Rows of inline texts, numbers and truth values, from row 1 on; null leaves a cell out. */
export function rowsOf(...rows: readonly (readonly (string | number | boolean | null)[])[]): string {
  return rows
    .map((cells, row) => {
      const written = cells.map((cell, column) =>
        cellOf(cell, `${String.fromCharCode(65 + column)}${row + 1}`),
      )
      return `<row r="${row + 1}">${written.join('')}</row>`
    })
    .join('')
}

function cellOf(cell: string | number | boolean | null, reference: string): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return `<c r="${reference}" t="inlineStr"><is><t>${cell}</t></is></c>`
  if (typeof cell === 'boolean') return `<c r="${reference}" t="b"><v>${cell ? 1 : 0}</v></c>`
  return `<c r="${reference}"><v>${cell}</v></c>`
}
