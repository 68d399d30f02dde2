import { CauceError } from '../../model/cauce-error.ts'
import type { TableLoad } from '../destination.ts'
import type { PostgresConnection } from './connection.ts'
import { quoteName } from './quote.ts'
import type { PreparedTable } from './shape.ts'

/**
 * Proves the staged rows of a merged table on the server, in one pass over the staging table: the sums are those that were computed
 * from the file, and no key is missing.
 * @throws {CauceError} ACCOUNTING_MISMATCH, DESTINATION_REFUSED_ROWS
 */
export async function proveStage(
  connection: PostgresConnection,
  load: TableLoad,
  prepared: PreparedTable,
  stage: string,
): Promise<void> {
  const column = (name: string): string => quoteName(prepared.columns.get(name)?.name ?? name)
  const summed = Object.keys(load.sums)
  const nullableKeys = load.key.filter((name) => prepared.columns.get(name)?.nullable === true)
  const questions = [
    ...summed.map((name) => `coalesce(sum(${column(name)}), 0)`),
    ...nullableKeys.map((name) => `count(*) filter (where ${column(name)} is null)`),
  ]
  if (questions.length === 0) return
  const [row] = await connection.rows(
    `select ${questions.map((question, position) => `${question} as a${position}`).join(', ')} from ${stage}`,
  )
  const answers = questions.map((_question, position) => row?.[`a${position}`] ?? '')
  for (const [position, name] of summed.entries()) {
    const isDouble = load.columns.find((candidate) => candidate.name === name)?.type.kind === 'double'
    const [expected = '', actual = ''] = [load.sums[name], answers[position]]
    if (!(isDouble ? near(expected, actual) : plain(expected) === plain(actual)))
      throw new CauceError('ACCOUNTING_MISMATCH', {
        table: load.name,
        detail: `the sum of ${name} over the staged rows is ${expected} and the server makes it ${actual}`,
      })
  }
  for (const [position, name] of nullableKeys.entries()) {
    const missing = answers[summed.length + position]
    if (missing !== '0')
      throw new CauceError('DESTINATION_REFUSED_ROWS', {
        table: load.name,
        detail: `${missing} rows have no ${name}, which is part of the key`,
      })
  }
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
