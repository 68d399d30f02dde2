import { CauceError } from '../../model/cauce-error.ts'
import type { TableLoad } from '../destination.ts'
import type { MysqlConnection } from './connection.ts'
import { quoteName } from './quote.ts'
import { padsBlanks, type PreparedTable } from './shape.ts'

/**
 * Proves the staged rows of a merged table on the server, in one pass over the staging table: the sums are those that were computed
 * from the file, no key is missing, and none would meet another for the sake of a trailing blank.
 * @throws {CauceError} ACCOUNTING_MISMATCH, DESTINATION_REFUSED_ROWS
 */
export async function proveStage(
  connection: MysqlConnection,
  load: TableLoad,
  prepared: PreparedTable,
  stage: string,
): Promise<void> {
  const column = (name: string): string => quoteName(prepared.columns.get(name)?.name ?? name)
  const summed = Object.keys(load.sums)
  const nullableKeys = load.key.filter((name) => prepared.columns.get(name)?.nullable === true)
  const paddedKeys = load.key.filter((name) => padsBlanks(prepared.columns.get(name)?.collation))
  const questions = [
    ...summed.map((name) => `COALESCE(SUM(${column(name)}), 0)`),
    ...nullableKeys.map((name) => `COALESCE(SUM(${column(name)} IS NULL), 0)`),
    ...paddedKeys.map((name) => `COALESCE(SUM(${column(name)} LIKE '% '), 0)`),
  ]
  if (questions.length === 0) return
  const [row] = await connection.rows(
    `SELECT ${questions.map((question, position) => `${question} AS a${position}`).join(', ')} FROM ${quoteName(stage)}`,
  )
  const answers = questions.map((_question, position) => String(row?.[`a${position}`]))
  for (const [position, name] of summed.entries()) {
    const isDouble = load.columns.find((candidate) => candidate.name === name)?.type.kind === 'double'
    const [expected = '', actual = ''] = [load.sums[name], answers[position]]
    if (!(isDouble ? near(expected, actual) : plain(expected) === plain(actual)))
      throw new CauceError('ACCOUNTING_MISMATCH', {
        table: load.name,
        detail: `the sum of ${name} over the staged rows is ${expected} and the server makes it ${actual}`,
      })
  }
  const refused = answers.slice(summed.length)
  for (const [position, name] of [...nullableKeys, ...paddedKeys].entries())
    if (refused[position] !== '0')
      throw new CauceError('DESTINATION_REFUSED_ROWS', {
        table: load.name,
        detail:
          position < nullableKeys.length
            ? `${refused[position]} rows have no ${name}, which is part of the key`
            : `${refused[position]} values of the key ${name} end with a blank, which the column's collation ignores`,
      })
}

/** A decimal's text without what does not count: `01.500` is `1.5`, `-0` is `0`. */
function plain(text: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^([-+]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text.trim()) ?? []
  const digits = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`
  return sign === '-' && digits !== '0' ? `-${digits}` : digits
}

/** Sums of doubles depend on the order of the rows in their last digits. */
function near(expected: string, actual: string): boolean {
  const [one, other] = [Number(expected), Number(actual)]
  return Math.abs(one - other) <= 1e-9 * Math.max(Math.abs(one), Math.abs(other), 1)
}
