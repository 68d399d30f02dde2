import type { ColumnPlan, ContractPlan, Level, Rule } from '../../model/plan.ts'
import { fillSql, type ItemFacts } from '../fill-sql.ts'
import { WHITE_SPACE } from '../value-patterns.ts'
import { duckdbType, parseSql } from './parse-sql.ts'
import { duckdbQuoting, quoteName, quoteText } from './quote.ts'

/** What the file looks like to the judge. */
export interface JudgeInput {
  readonly contract: ContractPlan
  /** Texts that mean null where a column does not say otherwise. */
  readonly nulls: readonly string[]
  /** For each column of the contract, the file's column it is found in, or -1. */
  readonly order: readonly number[]
  /** Columns of the file, named by `fileColumn` in `relation`. */
  readonly fileColumns: number
  /** Spare columns `_x1` … of the relation that a row with too many fields spills into. */
  readonly spareColumns: number
  /** A table function or subquery that yields every field as text. */
  readonly relation: string
  /** Fields may be missing (NULL) without the row being broken: what a value is is told by name, not by place. Default false. */
  readonly mayLackFields?: boolean
  /** Whether the relation has `_flags`, the reader's remarks on a record. */
  readonly hasFlags: boolean
  /** Columns of the relation carried along untouched. */
  readonly carried: readonly string[]
  readonly facts: ItemFacts
}

/**
 * Name of a file's column, counted from 0, in the relation to be judged. Like every name of ours it begins with `_`, which no
 * column of a contract does.
 */
export function fileColumn(position: number): string {
  return `_f${position}`
}

/**
 * SQL that reads every record once, as text, and judges it in one pass into the temporary table `judged`: the contract's
 * typed columns, `_err` and `_warn` (bit n: rule n of that level is broken) and `_fields` (the texts, for broken rows only).
 * Its one value is the number of records.
 * A row of the wrong width, or one the reader flagged, is not judged further: its fields cannot be trusted.
 */
export function judgeSql(input: JudgeInput): string {
  const { contract } = input
  const names = contract.columns.map(({ name }) => quoteName(name))
  const carried = input.carried.map(quoteName)
  const values = contract.columns.map((column, i) =>
    column.parse.kind === 'text' ? `_t${i} AS _v${i}` : `${parseSql(`_t${i}`, column)} AS _v${i}`,
  )
  const errors = maskWithChecks('error', input)
  const keepAllFields = contract.rules.some(({ test, level }) => level === 'error' && isLate(test.kind))
  const fields = `[${fileFields(input).join(', ')}]`
  return `CREATE TEMP TABLE judged AS
SELECT ${[...names, ...carried].join(', ')},
  ${errors} AS _err,
  ${maskWithChecks('warning', input)} AS _warn,
  ${keepAllFields ? fields : `CASE WHEN ${errors} <> 0 THEN ${fields} END`} AS _fields
FROM (
  SELECT *, ${names.map((name, i) => `_v${i} AS ${name}`).join(', ')},
    ${errorMask(input)} AS _err,
    ${columnMask('warning', input)} AS _warn
  FROM (
    SELECT *, ${values.join(', ')}
    FROM (
      SELECT *, ${contract.columns.map((column, i) => `${textSql(column, input.order[i] ?? -1, input)} AS _t${i}`).join(', ')}
      FROM ${input.relation}
    )
  )
)`
}

/** A rule that compares rows with each other, run after `judgeSql`. */
export interface LateRule {
  /** Gives 0 when no row can break the rule: hashes are cheap to compare, and equal rows have equal ones. */
  readonly suspects: string
  /** Marks the rows that break it: all but the first occurrence. */
  readonly mark: string
}

/** The contract's rules that compare rows with each other, in its order. */
export function lateRules(contract: ContractPlan): readonly LateRule[] {
  const bits = rulesOf(contract, 'error')
    .filter(({ rule }) => isLate(rule.test.kind))
    .reduce((mask, { bit }) => mask | bit, 0n)
  return (['error', 'warning'] as const).flatMap((level) =>
    rulesOf(contract, level).flatMap(({ rule, bit }) => {
      const columns = comparedColumns(rule, contract)
      if (columns === undefined) return []
      const mask = maskColumn(level)
      const present =
        rule.test.kind === 'unique' ? columns.map((column) => ` AND ${column} IS NOT NULL`).join('') : ''
      const compared = `FROM judged WHERE (_err & ~${bits}) = 0${present}`
      return [
        {
          suspects: `SELECT count(*) - count(DISTINCT hash(${columns.join(', ')})) ${compared}`,
          mark: `UPDATE judged SET ${mask} = ${mask} | ${bit} WHERE rowid IN (
  SELECT row_id FROM (
    SELECT rowid AS row_id, row_number() OVER (PARTITION BY ${columns.join(', ')} ORDER BY rowid) AS occurrence
    ${compared}
  ) WHERE occurrence > 1
)`,
        },
      ]
    }),
  )
}

/** The codes of the rules a row of this mask breaks, in the contract's order, each once. */
export function brokenCodes(contract: ContractPlan, level: Level, mask: bigint): readonly string[] {
  return codesOf(contract, level).flatMap(({ code, bits }) => ((mask & bits) === 0n ? [] : [code]))
}

/** Every pair of masks that judged rows have, and how many have it: `errors`, `warnings`, `rows`. */
export const MASK_COUNTS_SQL =
  'SELECT _err AS errors, _warn AS warnings, count(*) AS rows FROM judged GROUP BY ALL'

function maskColumn(level: Level): string {
  return level === 'error' ? '_err' : '_warn'
}

/** The codes of one level in the contract's order, each with the bits of all rules that share it. */
export function codesOf(
  contract: ContractPlan,
  level: Level,
): readonly { readonly code: string; readonly bits: bigint }[] {
  const bitsOf = new Map<string, bigint>()
  for (const { rule, bit } of rulesOf(contract, level))
    bitsOf.set(rule.code, (bitsOf.get(rule.code) ?? 0n) | bit)
  return [...bitsOf].map(([code, bits]) => ({ code, bits }))
}

interface NumberedRule {
  readonly rule: Rule
  readonly bit: bigint
}

/** The rules of one level with their bits. */
function rulesOf(contract: ContractPlan, level: Level): readonly NumberedRule[] {
  return contract.rules
    .filter((rule) => rule.level === level)
    .map((rule, index) => ({ rule, bit: 1n << BigInt(index) }))
}

function isLate(kind: Rule['test']['kind']): boolean {
  return kind === 'unique' || kind === 'distinct_row'
}

function comparedColumns(rule: Rule, contract: ContractPlan): readonly string[] | undefined {
  if (rule.test.kind === 'unique') return rule.test.columns.map(quoteName)
  return rule.test.kind === 'distinct_row' ? contract.columns.map(({ name }) => quoteName(name)) : undefined
}

function fileFields({ fileColumns, spareColumns }: JudgeInput): readonly string[] {
  return [
    ...Array.from({ length: fileColumns }, (_, i) => fileColumn(i)),
    ...Array.from({ length: spareColumns }, (_, i) => `_x${i + 1}`),
  ]
}

/** The field as the rules see it: trimmed, null where it says so, in the declared case, with its default. */
function textSql(column: ColumnPlan, position: number, { nulls }: JudgeInput): string {
  const fallback = column.defaultText === undefined ? 'NULL' : quoteText(column.defaultText)
  if (position < 0) return `CAST(${fallback} AS VARCHAR)`
  const name = fileColumn(position)
  const field = column.normalise.includes('trim') ? `trim(${name}, ${quoteText(WHITE_SPACE)})` : name
  const means = column.nulls ?? nulls
  const known = means.length === 0 ? field : nullIfAmong(field, means)
  const folded = column.normalise
    .filter((how) => how !== 'trim')
    .reduce((text, how) => `${how}(${text})`, known)
  return column.defaultText === undefined ? folded : `coalesce(${folded}, ${fallback})`
}

function nullIfAmong(field: string, texts: readonly string[]): string {
  const [only] = texts
  if (texts.length === 1 && only !== undefined) return `nullif(${field}, ${quoteText(only)})`
  return `CASE WHEN ${field} NOT IN (${texts.map(quoteText).join(', ')}) THEN ${field} END`
}

function errorMask(input: JudgeInput): string {
  const shape = rulesOf(input.contract, 'error').flatMap(({ rule, bit }) => {
    const broken = shapeBroken(rule, input)
    return broken === undefined ? [] : [{ broken, bit }]
  })
  const columns = columnMask('error', input)
  if (shape.length === 0) return columns
  const anyBroken = shape.map(({ broken }) => broken).join(' OR ')
  return `CASE WHEN ${anyBroken} THEN ${maskOf(shape)} ELSE ${columns} END`
}

function shapeBroken({ test }: Rule, input: JudgeInput): string | undefined {
  if (test.kind === 'unflagged') return input.hasFlags ? `_flags & ${test.bit} <> 0` : undefined
  if (test.kind !== 'width') return undefined
  if (test.side === 'few')
    return input.mayLackFields === true ? undefined : `${fileColumn(input.fileColumns - 1)} IS NULL`
  return input.spareColumns > 0 ? '_x1 IS NOT NULL' : undefined
}

function columnMask(level: Level, input: JudgeInput): string {
  const { contract } = input
  const bits = rulesOf(contract, level).flatMap(({ rule, bit }) => {
    const index = contract.columns.findIndex(({ name }) => name === rule.column)
    const column = contract.columns[index]
    if (column === undefined || (rule.test.kind === 'present' && isAlwaysPresent(column, index, input)))
      return []
    const broken = brokenSql(rule, column, index)
    return broken === undefined ? [] : [{ broken, bit }]
  })
  return maskOf(bits)
}

/**
 * Where no text means null, a row of the right width has a value: nothing to ask of every row (a fifth of the time a small file
 * of the bench is judged in, a twelfth of a big one).
 */
function isAlwaysPresent(
  column: ColumnPlan,
  index: number,
  { nulls, order, mayLackFields }: JudgeInput,
): boolean {
  return mayLackFields !== true && (column.nulls ?? nulls).length === 0 && (order[index] ?? -1) >= 0
}

/** The bits of the rules that are broken, as one number. */
function maskOf(bits: readonly { readonly broken: string; readonly bit: bigint }[]): string {
  if (bits.length === 0) return '0::BIGINT'
  return `(${bits.map(({ broken, bit }) => `CASE WHEN ${broken} THEN ${bit} ELSE 0 END`).join(' | ')})::BIGINT`
}

/** True exactly when the value breaks the rule; a missing or unparsable value breaks `present` or `parses` and nothing else. */
function brokenSql({ test }: Rule, column: ColumnPlan, index: number): string | undefined {
  const [text, value] = [`_t${index}`, `_v${index}`]
  const readable = column.parse.kind === 'text' ? '' : `${value} IS NOT NULL AND `
  const bound = (limit: string): string => `CAST(${quoteText(limit)} AS ${duckdbType(column.type)})`
  switch (test.kind) {
    case 'present':
      return `${text} IS NULL`
    case 'parses':
      return `${text} IS NOT NULL AND ${value} IS NULL`
    case 'matches':
      return `${readable}${text} IS NOT NULL AND NOT regexp_full_match(${text}, ${quoteText(test.pattern)})`
    case 'among':
      return `${readable}${text} NOT IN (${test.values.map(quoteText).join(', ')})`
    case 'at_least':
      return `${value} < ${bound(test.value)}`
    case 'at_most':
      return `${value} > ${bound(test.value)}`
    case 'length':
      return `${readable}length(${text}) NOT BETWEEN ${test.min ?? 0} AND ${test.max ?? Number.MAX_SAFE_INTEGER}`
    case 'unique':
    case 'distinct_row':
    case 'sql':
    case 'width':
    case 'unflagged':
      return undefined
  }
}

/** The column rules' mask, joined by the row checks of rows whose columns all hold. */
function maskWithChecks(level: Level, { contract, facts }: JudgeInput): string {
  const mask = level === 'warning' ? '_warn' : '_err'
  const bits = rulesOf(contract, level).flatMap(({ rule, bit }) =>
    rule.test.kind === 'sql'
      ? [
          {
            broken: `_err = 0 AND ${checkSql(fillSql(rule.test.sql, facts, duckdbQuoting))} IS NOT TRUE`,
            bit,
          },
        ]
      : [],
  )
  return bits.length === 0 ? mask : `(${mask} | ${maskOf(bits)})`
}

/** A check that cannot be computed for a row (a sum that overflows, say) does not hold for it; it must not stop the file. */
function checkSql(sql: string): string {
  // The line end closes a comment behind the check. DuckDB's TRY takes no subqueries.
  return /\bselect\b/i.test(sql) ? `(${sql}\n)` : `TRY((${sql}\n))`
}
