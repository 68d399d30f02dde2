import type { ContractPlan } from '../../model/plan.ts'
import { codesOf, fileColumn } from './judge-sql.ts'
import { quoteText } from './quote.ts'

/** What linking a file of mended rejects to its origin needs to know. */
export interface ReplaySqlInput {
  readonly contract: ContractPlan
  /** Load the rejects were kept by. */
  readonly originLoad: string
  /** Its kept rejects. */
  readonly keptPath: string
  /** The mended file's columns that hold load and record. */
  readonly load: string
  readonly record: string
  /** For each column of the contract, the mended file's column it is found in. */
  readonly order: readonly number[]
}

/** Codes of rows whose fields are no reading of the row: wrong width, quotes, bytes. */
export function shapeCodes({ rules }: ContractPlan): readonly string[] {
  return rules
    .filter(({ test }) => test.kind === 'width' || test.kind === 'unflagged')
    .map(({ code }) => code)
}

/**
 * SQL that makes the table `origin` of a judged replay, one row per row of it: `readable` (its fields can be trusted),
 * `belongs` (it names the origin load), the origin's `record`, `line` and `raw` where it names a kept reject, and `broken`: the
 * bits of rules it breaks all the same, which the judge cannot see from these rows alone.
 */
export function originSql(input: ReplaySqlInput): string {
  const { contract, originLoad, keptPath, load, record } = input
  const shapes = shapeCodes(contract)
  const shapeBits = bitsOf(contract, shapes)
  return `CREATE TEMP TABLE origin AS
SELECT judged.rowid + 1 AS row_number, judged._err & ${shapeBits} = 0 AS readable,
  coalesce(trim(judged.${load}) = ${quoteText(originLoad)}, false) AS belongs,
  kept.record, kept.line, kept.raw, ${stillBroken(input, shapes)} AS broken
FROM judged LEFT JOIN read_parquet(${quoteText(keptPath)}) AS kept
ON kept.record = CASE WHEN regexp_full_match(trim(judged.${record}), '[0-9]{1,15}') THEN TRY_CAST(trim(judged.${record}) AS BIGINT) END`
}

/**
 * A row that was given no fields since its own could not be trusted, and still has none, was not mended: it must not pass for a
 * row of nothing but nulls. And what repeats another row of the file repeats it still, though that one is not sent again.
 */
function stillBroken(input: ReplaySqlInput, shapes: readonly string[]): string {
  const { contract, order } = input
  const isEmpty = order.map((position) => `coalesce(judged.${fileColumn(position)}, '') = ''`).join(' AND ')
  const shapeBits = codesOf(contract, 'error')
    .filter(({ code }) => shapes.includes(code))
    .map(({ code, bits }) => bitWhen(`list_contains(kept.codes, ${quoteText(code)})`, bits))
  const repeats = contract.rules
    .filter(
      ({ level, test }) => level === 'error' && (test.kind === 'unique' || test.kind === 'distinct_row'),
    )
    .map(({ code, test }) => {
      const compared = test.kind === 'unique' ? test.columns : contract.columns.map((column) => column.name)
      const unchanged = compared.map((name) => isUnchanged(name, input)).join(' AND ')
      return bitWhen(
        `list_contains(kept.codes, ${quoteText(code)}) AND ${unchanged}`,
        bitsOf(contract, [code]),
      )
    })
  return `CASE
    WHEN list_has_any(kept.codes, ${textList(shapes)}) AND ${isEmpty} THEN ${anyOf(shapeBits)}
    WHEN judged._err = 0 THEN ${anyOf(repeats)} ELSE 0 END`
}

function isUnchanged(name: string, { contract, order }: ReplaySqlInput): string {
  const position = order[contract.columns.findIndex((column) => column.name === name)] ?? -1
  const kept = `kept.fields[list_position(kept.field_names, ${quoteText(name)})]`
  return `coalesce(${kept}, '') = coalesce(judged.${fileColumn(position)}, '')`
}

/** SQL that makes the judge's verdict of a linked replay complete: what is broken all the same, and what is skipped. */
export function replayVerdictSql(): readonly string[] {
  return [
    `UPDATE judged SET _err = origin.broken FROM origin WHERE judged.rowid + 1 = origin.row_number AND origin.belongs AND origin.broken <> 0`,
    `INSERT INTO skipped SELECT row_number FROM origin WHERE belongs AND record IN (SELECT record FROM replayed_before)`,
    // What was loaded before is neither a reject now nor worth a warning.
    `UPDATE judged SET _err = 0, _warn = 0 WHERE rowid + 1 IN (SELECT record FROM skipped)`,
  ]
}

/** The origin's records this replay loads, ascending. */
export const REPLAYED_SQL = `SELECT origin.record FROM origin JOIN judged ON judged.rowid + 1 = origin.row_number
WHERE judged._err = 0 AND origin.row_number NOT IN (SELECT record FROM skipped) ORDER BY origin.record`

/**
 * The rejects of a replay as its tables receive them: under file, record, line and text of the row they come from, as far as
 * the mended row still says which that is.
 */
export function replayRejectsSql(originItem: string): string {
  const linked = 'origin.belongs AND origin.record IS NOT NULL'
  const column = (name: string, ofOrigin: string): string =>
    `CASE WHEN ${linked} THEN ${ofOrigin} ELSE own.${name} END AS ${name}`
  return `CREATE TEMP VIEW rejects AS SELECT own.* REPLACE (
  ${column('file', quoteText(originItem))}, ${column('record', 'origin.record')},
  ${column('line', 'origin.line')}, ${column('raw', 'origin.raw')})
FROM own_rejects AS own JOIN origin ON origin.row_number = own.record`
}

/** The first row, if any, that cannot be taken for the mended form of one reject, and how many there are. */
export const STRAYS_SQL = {
  otherLoad: strays('readable AND NOT belongs'),
  record: strays('readable AND record IS NULL'),
  twice: `SELECT min(row_number) AS row_number, count(*) AS rows FROM (
    SELECT row_number, row_number() OVER (PARTITION BY record ORDER BY row_number) AS occurrence
    FROM origin WHERE belongs AND record IS NOT NULL) WHERE occurrence > 1`,
} as const

function strays(where: string): string {
  return `SELECT min(row_number) AS row_number, count(*) AS rows FROM origin WHERE ${where}`
}

function bitsOf(contract: ContractPlan, codes: readonly string[]): bigint {
  return codesOf(contract, 'error')
    .filter(({ code }) => codes.includes(code))
    .reduce((mask, { bits }) => mask | bits, 0n)
}

function bitWhen(condition: string, bits: bigint): string {
  return `CASE WHEN ${condition} THEN ${bits} ELSE 0 END`
}

function anyOf(bits: readonly string[]): string {
  return bits.length === 0 ? '0::BIGINT' : `(${bits.join(' | ')})::BIGINT`
}

function textList(texts: readonly string[]): string {
  return `[${texts.map(quoteText).join(', ')}]::VARCHAR[]`
}
