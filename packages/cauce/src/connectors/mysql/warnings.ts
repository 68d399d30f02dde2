import { CauceError } from '../../model/cauce-error.ts'
import type { MysqlConnection, SqlRow } from './connection.ts'
import { rowReason } from './row-reasons.ts'

/**
 * Warnings that say nothing of rows: deprecated spellings, statements that a binary log of statements would not repeat exactly.
 */
const HARMLESS: ReadonlySet<number> = new Set([1287, 1592, 1681, 3090, 3135, 3719, 3778])

const EXAMPLES = 3

/**
 * Judges the warnings of the statement just run. LOCAL turns errors into warnings also in strict mode (the value is cut, clipped
 * or replaced, the row skipped), so one that speaks of rows, or that we do not know, means that the table would not hold what
 * the file held.
 * @throws {CauceError} DESTINATION_REFUSED_ROWS, without values of rows
 */
export async function judgeWarnings(
  connection: MysqlConnection,
  table: string,
  count: number,
): Promise<void> {
  if (count === 0) return
  const shown = await connection.rows('SHOW WARNINGS')
  const serious = shown.filter((warning) => !HARMLESS.has(Number(warning['Code'])))
  const unseen = Math.max(count - shown.length, 0)
  if (serious.length === 0 && unseen === 0) return
  const examples = serious.slice(0, EXAMPLES).map(describe)
  const more = serious.length - examples.length + unseen
  throw new CauceError('DESTINATION_REFUSED_ROWS', {
    table,
    detail: `${examples.join('; ')}${more > 0 ? `${examples.length > 0 ? '; and ' : ''}${more} more` : ''}`,
  })
}

function describe(warning: SqlRow): string {
  const message = String(warning['Message'])
  const code = Number(warning['Code'])
  const column = /column ['`](?:.*`\.`)?([^'`]+)['`]/i.exec(message)?.[1]
  const row = /\brow (\d+)/i.exec(message)?.[1]
  const reason = rowReason(code) ?? `warning ${code}`
  const where = [
    ...(column === undefined ? [] : [`column ${column}`]),
    ...(row === undefined ? [] : [`staged row ${row}`]),
  ]
  return where.length === 0 ? reason : `${where.join(', ')}: ${reason}`
}
