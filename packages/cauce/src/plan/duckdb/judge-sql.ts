import type { ColumnPlan, ContractPlan, Level, Rule } from '../../model/plan.ts'
import { fillSql, type ItemFacts } from '../fill-sql.ts'
import { duckdbType, parseSql } from './parse-sql.ts'
import { duckdbQuoting, quoteName, quoteText } from './quote.ts'

/** What the file looks like to the judge. */
export interface JudgeInput {
  readonly contract: ContractPlan
  /** Texts that mean null where a column does not say otherwise. */
  readonly nulls: readonly string[]
  /** For each column of the contract, the file's column it is found in, or -1. */
  readonly order: readonly number[]
  /** Columns of the file, named `f0`, `f1` … in `relation`. */
  readonly fileColumns: number
  /** Spare columns `_x1` … of the relation that a row with too many fields spills into. */
  readonly spareColumns: number
  /** A table function or subquery that yields every field as text. */
  readonly relation: string
  /** Whether the relation has `_flags`, the reader's remarks on a record. */
  readonly hasFlags: boolean
  /** Columns of the relation carried along untouched. */
  readonly carried: readonly string[]
  readonly facts: ItemFacts
}

/**
 * SQL that reads every record once, as text, and judges it in one pass into the temporary table `judged`: the contract's
 * typed columns, `_err` and `_warn` (bit n: rule n of that level is broken) and `_fields` (the texts, for broken rows only).
 * A row of the wrong width, or one the reader flagged, is not judged further: its fields cannot be trusted.
 */
export function judgeSql(input: JudgeInput): string {
  const { contract } = input
  const names = contract.columns.map(({ name }) => quoteName(name))
  const carried = input.carried.map(quoteName)
  const values = contract.columns.map((column, i) =>
    column.parse.kind === 'text' ? `t${i} AS v${i}` : `${parseSql(`t${i}`, column)} AS v${i}`,
  )
  const checks = rulesOf(contract, 'error').filter(isCheck)
  const keepAllFields = contract.rules.some(({ test, level }) => level === 'error' && isLate(test.kind))
  const fields = `[${fileFields(input).join(', ')}]`
  return `CREATE TEMP TABLE judged AS
SELECT ${[...names, ...carried].join(', ')},
  ${maskWithChecks(checks, input)} AS _err,
  ${maskWithChecks(rulesOf(contract, 'warning').filter(isCheck), input)} AS _warn,
  ${keepAllFields ? fields : `CASE WHEN _err <> 0${checks.length > 0 ? ` OR ${maskWithChecks(checks, input)} <> 0` : ''} THEN ${fields} END`} AS _fields
FROM (
  SELECT *, ${names.map((name, i) => `v${i} AS ${name}`).join(', ')},
    ${errorMask(input)} AS _err,
    ${columnMask('warning', input)} AS _warn
  FROM (
    SELECT *, ${values.join(', ')}
    FROM (
      SELECT *, ${contract.columns.map((column, i) => `${textSql(column, input.order[i] ?? -1, input)} AS t${i}`).join(', ')}
      FROM ${input.relation}
    )
  )
)`
}

/** SQL statements, run after `judgeSql`, for rules that compare rows with each other: the first occurrence is valid. */
export function lateRuleSql(contract: ContractPlan): readonly string[] {
  const bits = rulesOf(contract, 'error')
    .filter(({ rule }) => isLate(rule.test.kind))
    .reduce((mask, { bit }) => mask | bit, 0n)
  return (['error', 'warning'] as const).flatMap((level) =>
    rulesOf(contract, level).flatMap(({ rule, bit }) => {
      const columns = comparedColumns(rule, contract)
      if (columns === undefined) return []
      const mask = level === 'error' ? '_err' : '_warn'
      const present =
        rule.test.kind === 'unique' ? columns.map((column) => ` AND ${column} IS NOT NULL`).join('') : ''
      return [
        `UPDATE judged SET ${mask} = ${mask} | ${bit} WHERE rowid IN (
  SELECT row_id FROM (
    SELECT rowid AS row_id, row_number() OVER (PARTITION BY ${columns.join(', ')} ORDER BY rowid) AS occurrence
    FROM judged WHERE (_err & ~${bits}) = 0${present}
  ) WHERE occurrence > 1
)`,
      ]
    }),
  )
}

/** A list of the codes of the broken rules, in the contract's order, each once. */
export function brokenCodesSql(contract: ContractPlan, mask: string): string {
  const cases = rulesOf(contract, 'error').map(
    ({ rule, bit }) => `CASE WHEN ${mask} & ${bit} <> 0 THEN ${quoteText(rule.code)} END`,
  )
  const list = `list_filter([${cases.join(', ')}], lambda code: code IS NOT NULL)`
  const codes = rulesOf(contract, 'error').map(({ rule }) => rule.code)
  return new Set(codes).size === codes.length
    ? list
    : `list_filter([${[...new Set(codes)].map(quoteText).join(', ')}], lambda code: list_contains(${list}, code))`
}

/** One row: how many of the rows chosen by `where` break each rule of the level, in rule order. */
export function ruleCountsSql(contract: ContractPlan, level: Level, where: string): string | undefined {
  const mask = level === 'error' ? '_err' : '_warn'
  const counts = rulesOf(contract, level).map(({ bit }) => `count(*) FILTER (WHERE ${mask} & ${bit} <> 0)`)
  return counts.length === 0 ? undefined : `SELECT ${counts.join(', ')} FROM judged WHERE ${where}`
}

interface NumberedRule {
  readonly rule: Rule
  readonly bit: bigint
}

/** The rules of one level with their bits. */
export function rulesOf(contract: ContractPlan, level: Level): readonly NumberedRule[] {
  return contract.rules
    .filter((rule) => rule.level === level)
    .map((rule, index) => ({ rule, bit: 1n << BigInt(index) }))
}

function isLate(kind: Rule['test']['kind']): boolean {
  return kind === 'unique' || kind === 'distinct_row'
}

function isCheck({ rule }: NumberedRule): boolean {
  return rule.test.kind === 'sql'
}

function comparedColumns(rule: Rule, contract: ContractPlan): readonly string[] | undefined {
  if (rule.test.kind === 'unique') return rule.test.columns.map(quoteName)
  return rule.test.kind === 'distinct_row' ? contract.columns.map(({ name }) => quoteName(name)) : undefined
}

function fileFields({ fileColumns, spareColumns }: JudgeInput): readonly string[] {
  return [
    ...Array.from({ length: fileColumns }, (_, i) => `f${i}`),
    ...Array.from({ length: spareColumns }, (_, i) => `_x${i + 1}`),
  ]
}

/** The field as the rules see it: trimmed, null where it says so, in the declared case, with its default. */
function textSql(column: ColumnPlan, position: number, { nulls }: JudgeInput): string {
  const fallback = column.defaultText === undefined ? 'NULL' : quoteText(column.defaultText)
  if (position < 0) return `CAST(${fallback} AS VARCHAR)`
  const field = column.normalise.includes('trim') ? `trim(f${position})` : `f${position}`
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
    return broken === undefined ? [] : [`WHEN ${broken} THEN ${bit}`]
  })
  const columns = columnMask('error', input)
  return shape.length === 0 ? columns : `CASE ${shape.join(' ')} ELSE ${columns} END`
}

function shapeBroken({ test }: Rule, input: JudgeInput): string | undefined {
  if (test.kind === 'unflagged') return input.hasFlags ? `_flags & ${test.bit} <> 0` : undefined
  if (test.kind !== 'width') return undefined
  if (test.side === 'few') return `f${input.fileColumns - 1} IS NULL`
  return input.spareColumns > 0 ? '_x1 IS NOT NULL' : undefined
}

function columnMask(level: Level, { contract }: JudgeInput): string {
  const bits = rulesOf(contract, level).flatMap(({ rule, bit }) => {
    const index = contract.columns.findIndex(({ name }) => name === rule.column)
    const column = contract.columns[index]
    const broken = column === undefined ? undefined : brokenSql(rule, column, index)
    return broken === undefined ? [] : [`CASE WHEN ${broken} THEN ${bit} ELSE 0 END`]
  })
  return bits.length === 0 ? '0::BIGINT' : `(${bits.join(' | ')})::BIGINT`
}

/** True exactly when the value breaks the rule; a missing or unparsable value breaks `present` or `parses` and nothing else. */
function brokenSql({ test }: Rule, column: ColumnPlan, index: number): string | undefined {
  const [text, value] = [`t${index}`, `v${index}`]
  const bound = (limit: string): string => `CAST(${quoteText(limit)} AS ${duckdbType(column.type)})`
  switch (test.kind) {
    case 'present':
      return `${text} IS NULL`
    case 'parses':
      return `${text} IS NOT NULL AND ${value} IS NULL`
    case 'matches':
      return `${text} IS NOT NULL AND NOT regexp_full_match(${text}, ${quoteText(test.pattern)})`
    case 'among':
      return `${text} NOT IN (${test.values.map(quoteText).join(', ')})`
    case 'at_least':
      return `${value} < ${bound(test.value)}`
    case 'at_most':
      return `${value} > ${bound(test.value)}`
    case 'length':
      return [
        ...(test.min === undefined ? [] : [`length(${text}) < ${test.min}`]),
        ...(test.max === undefined ? [] : [`length(${text}) > ${test.max}`]),
      ].join(' OR ')
    case 'unique':
    case 'distinct_row':
    case 'sql':
    case 'width':
    case 'unflagged':
      return undefined
  }
}

/** The column rules' mask, joined by the row checks of rows whose columns all hold. */
function maskWithChecks(checks: readonly NumberedRule[], { facts }: JudgeInput): string {
  const mask = checks[0]?.rule.level === 'warning' ? '_warn' : '_err'
  const bits = checks.flatMap(({ rule, bit }) =>
    rule.test.kind === 'sql'
      ? [
          `CASE WHEN _err = 0 AND (${fillSql(rule.test.sql, facts, duckdbQuoting)}) IS NOT TRUE THEN ${bit} ELSE 0 END`,
        ]
      : [],
  )
  return bits.length === 0 ? mask : `(${[mask, ...bits].join(' | ')})::BIGINT`
}
