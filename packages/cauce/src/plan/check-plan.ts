import type { ColumnPlan, Plan, Rule, TablePlan } from '../model/plan.ts'
import { parseDateFormat } from './date-format.ts'
import { issue, type Issue } from './issue.ts'
import { whyNotPortable } from './portable-pattern.ts'

/** Most rules of one level: each is a bit of a 64-bit mask that stays positive. */
const MAX_RULES = 62

/**
 * Everything wrong in a plan that can be seen without running its SQL; an empty list means it may run. SQL is compiled
 * against the contract's columns afterwards, by the engine.
 */
export function checkPlan(plan: Plan): readonly Issue[] {
  return [
    ...checkNames(plan),
    ...plan.contract.columns.flatMap(checkColumn),
    ...plan.contract.rules.flatMap((rule) => checkRule(rule, plan.contract.columns)),
    ...checkRuleCount(plan),
    ...plan.tables.flatMap((table) => checkTable(table, plan)),
    ...checkReport(plan),
  ]
}

function checkNames(plan: Plan): readonly Issue[] {
  const found: Issue[] = []
  if (!/^[\p{L}_][\p{L}\p{N}_-]{0,99}$/u.test(plan.pipeline))
    found.push(
      issue(
        'name',
        `"${plan.pipeline}" cannot be a pipeline's name; use letters, digits, _ and -`,
        `"${plan.pipeline}" no puede ser nombre de un flujo; use letras, cifras, _ y -`,
      ),
    )
  if (plan.contract.columns.length === 0) found.push(issue('contract', 'has no columns', 'no tiene columnas'))
  if (plan.tables.length === 0) found.push(issue('tables', 'names no table', 'no nombra ninguna tabla'))
  for (const { name } of plan.contract.columns)
    if (name.startsWith('_'))
      found.push(
        issue(
          `contract.${name}`,
          'names that begin with _ are ours; take another and say .from(...)',
          'los nombres que empiezan por _ son nuestros; tome otro y use .from(...)',
        ),
      )
  for (const name of repeated(plan.contract.columns.map((column) => column.name.toLowerCase())))
    found.push(
      issue(
        `contract.${name}`,
        'two columns differ only in case; databases take them for one',
        'dos columnas difieren solo en mayúsculas; las bases de datos las toman por una',
      ),
    )
  return found
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index)
}

function checkColumn(column: ColumnPlan): readonly Issue[] {
  const where = `contract.${column.name}`
  const { parse, type } = column
  const found: Issue[] = []
  if (parse.kind === 'date' || parse.kind === 'timestamp' || parse.kind === 'time') {
    const format = parseDateFormat(parse.format)
    const whole =
      format !== undefined &&
      (parse.kind === 'time' || format.hasDate) &&
      (parse.kind === 'date' || format.hasTime)
    if (!whole)
      found.push(
        issue(
          where,
          `"${parse.format}" is not a ${parse.kind} format; write it with dd, MM, yyyy, HH, mm, ss, SSS, each once`,
          `"${parse.format}" no es un formato de ${parse.kind}; escríbalo con dd, MM, yyyy, HH, mm, ss, SSS, cada uno una vez`,
        ),
      )
  }
  if (
    type.kind === 'decimal' &&
    !(type.precision >= 1 && type.precision <= 38 && type.scale <= type.precision)
  )
    found.push(
      issue(
        where,
        'a decimal has 1 to 38 digits, and no more of them behind the mark than in all',
        'un decimal tiene de 1 a 38 cifras, y tras la coma no más que en total',
      ),
    )
  return found
}

function checkRule(rule: Rule, columns: readonly ColumnPlan[]): readonly Issue[] {
  const where = rule.column === undefined ? `contract.${rule.code}` : `contract.${rule.column}`
  const { test } = rule
  if (test.kind === 'matches') {
    const why = whyNotPortable(test.pattern)
    if (why !== undefined)
      return [
        issue(
          where,
          `the pattern cannot be used by every engine (${why}); write it without`,
          `el patrón no sirve en todos los motores (${why}); escríbalo sin ello`,
        ),
      ]
  }
  if (test.kind === 'at_least' || test.kind === 'at_most') {
    const type = columns.find(({ name }) => name === rule.column)?.type.kind
    const number = type === 'integer' || type === 'decimal' || type === 'double'
    const iso = type === 'date' || type === 'timestamp' || type === 'time'
    const fits =
      (number && /^[+-]?[0-9]+([.][0-9]+)?$/.test(test.value)) ||
      (iso && /^[0-9][0-9T :.-]+$/.test(test.value))
    if (!fits)
      return [
        issue(
          where,
          `"${test.value}" is no bound for a column of type ${type}; give a number, or an ISO date for dates`,
          `"${test.value}" no es un límite para una columna de tipo ${type}; dé un número, o una fecha ISO`,
        ),
      ]
  }
  return []
}

function checkRuleCount(plan: Plan): readonly Issue[] {
  return (['error', 'warning'] as const).flatMap((level) => {
    const count = plan.contract.rules.filter((rule) => rule.level === level).length
    return count <= MAX_RULES
      ? []
      : [
          issue(
            'contract',
            `has ${count} rules of level ${level}, at most ${MAX_RULES} fit; join some into one check`,
            `tiene ${count} reglas de nivel ${level}, caben ${MAX_RULES}; una varias en un solo check`,
          ),
        ]
  })
}

function checkTable(table: TablePlan, plan: Plan): readonly Issue[] {
  const where = `tables.${table.name}`
  const found: Issue[] = []
  if (/^cauce_/i.test(table.name))
    found.push(
      issue(
        where,
        'tables that begin with cauce_ are ours',
        'las tablas que empiezan por cauce_ son nuestras',
      ),
    )
  if (table.mode !== 'upsert') return found
  const overlap = table.key.filter((column) => column in table.merge)
  if (table.key.length === 0 || overlap.length > 0)
    found.push(
      issue(
        `${where}.key`,
        overlap.length > 0 ? `${overlap.join(', ')} cannot be key and merged` : 'names no column',
        overlap.length > 0
          ? `${overlap.join(', ')} no puede ser clave y mezclarse`
          : 'no nombra ninguna columna',
      ),
    )
  const detail = plan.tables.find(({ name }) => name === table.detail)
  if (
    table.detail !== undefined &&
    (detail === undefined || detail.mode !== 'append' || detail.from.kind === 'rejects')
  )
    found.push(
      issue(
        `${where}.detail`,
        `"${table.detail}" is not an append table of this pipeline`,
        `"${table.detail}" no es una tabla append de este flujo`,
      ),
    )
  for (const [column, merge] of Object.entries(table.merge)) {
    if (merge.kind === 'period' && table.detail === undefined)
      found.push(
        issue(
          `${where}.merge.${column}`,
          'restarts with the period, so the table needs `detail`: the append table to recompute it from',
          'se reinicia con el periodo, así que la tabla necesita `detail`: la tabla append de la que recalcularlo',
        ),
      )
    if ((merge.kind === 'first' || merge.kind === 'last') && merge.by === column)
      found.push(
        issue(`${where}.merge.${column}`, 'cannot be ordered by itself', 'no puede ordenarse por sí misma'),
      )
  }
  return found
}

function checkReport(plan: Plan): readonly Issue[] {
  if (plan.report === undefined) return []
  const fields = Object.values(plan.report.columns)
  return fields.includes('item') || fields.includes('file')
    ? []
    : [
        issue(
          'report.columns',
          "needs a column that holds 'item', by which its rows are told apart",
          "necesita una columna con 'item', que distingue sus filas",
        ),
      ]
}
