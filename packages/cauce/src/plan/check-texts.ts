import type { Plan, SqlPiece } from '../model/plan.ts'
import { issue, type Issue } from './issue.ts'

/**
 * Looks through every text of a plan: a NUL ends a statement or a path wherever it stands, and what was interpolated into SQL
 * must be something SQL can hold.
 */
export function checkTexts({ source, read, contract, tables, report, states, tags }: Plan): readonly Issue[] {
  return [
    ...walk('from', source),
    ...walk('read', read),
    ...contract.columns.flatMap((column) => walk(`contract.${column.name}`, column)),
    ...contract.rules.flatMap(({ column, code, test }) => walk(`contract.${column ?? code}`, test)),
    ...tables.flatMap((table) => walk(`tables.${table.name}`, table)),
    ...walk('report', report),
    ...walk('states', states),
    ...walk('tags', tags),
  ].filter(
    ({ where, text }, index, all) =>
      all.findIndex((one) => one.where === where && one.text.en === text.en) === index,
  )
}

function walk(where: string, value: unknown): readonly Issue[] {
  if (typeof value === 'string') return value.includes('\0') ? [nulIssue(where)] : []
  if (Array.isArray(value)) return value.flatMap((part: unknown) => walk(where, part))
  if (typeof value !== 'object' || value === null) return []
  if ('pieces' in value && Array.isArray(value.pieces)) return checkPieces(where, value.pieces)
  return Object.entries(value).flatMap(([key, part]) => [...walk(where, key), ...walk(where, part)])
}

function checkPieces(where: string, pieces: readonly unknown[]): readonly Issue[] {
  return pieces.flatMap((piece) => {
    if (!isPiece(piece))
      return [
        issue(
          where,
          'the SQL holds ${…} of something that is not text, a finite number, true, false, null, name(), item.… or sql`…`',
          'el SQL contiene ${…} de algo que no es texto, número finito, true, false, null, name(), item.… ni sql`…`',
        ),
      ]
    return Object.values(piece).flatMap((text: unknown) =>
      typeof text === 'string' && text.includes('\0') ? [nulIssue(where)] : [],
    )
  })
}

const REFERENCES = ['item', 'file', 'sha256', 'load_key', 'run', 'reference_date']

/** Declarations can come from plain JavaScript, where no compiler has looked. */
function isPiece(piece: unknown): piece is SqlPiece {
  if (typeof piece !== 'object' || piece === null) return false
  if ('text' in piece) return typeof piece.text === 'string'
  if ('name' in piece) return typeof piece.name === 'string' && piece.name !== ''
  if ('reference' in piece) return REFERENCES.includes(String(piece.reference))
  if (!('value' in piece)) return false
  const { value } = piece
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

function nulIssue(where: string): Issue {
  return issue(
    where,
    'holds a NUL character, which no name and no SQL can hold; take it out',
    'contiene un carácter NUL, que ningún nombre ni SQL admite; quítelo',
  )
}
