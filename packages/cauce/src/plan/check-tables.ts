import type { ContractPlan, MergePlan, Plan, TablePlan } from '../model/plan.ts'
import { issue, type Issue } from './issue.ts'
import { repeatedNames } from './repeated-names.ts'

/** What is wrong with the tables of a plan, as far as their SQL need not be compiled for it. */
export function checkTables(plan: Plan): readonly Issue[] {
  if (plan.tables.length === 0)
    return [
      issue('tables', 'names no table; give it at least one', 'no nombra ninguna tabla; dele al menos una'),
    ]
  return [
    ...repeatedNames(plan.tables.map(({ name }) => name)).map((name) =>
      issue(
        `tables.${name}`,
        'differs from another table in case only, and databases take them for one; rename one of them',
        'solo se distingue de otra tabla en las mayúsculas, y las bases de datos las toman por una; cambie un nombre',
      ),
    ),
    ...plan.tables.flatMap((table) => [...checkTableName(table), ...checkTable(table, plan)]),
  ]
}

/** Names of tables and columns in a destination: not empty, and each once whatever its case. */
export function checkColumnNames(where: string, names: readonly string[]): readonly Issue[] {
  return [
    ...(names.length === 0
      ? [
          issue(
            where,
            'names no column; leave it out or name some',
            'no nombra ninguna columna; quítelo o nombre alguna',
          ),
        ]
      : []),
    ...(names.some((name) => name.trim() === '')
      ? [
          issue(
            where,
            'a column has an empty name; write one',
            'una columna tiene el nombre vacío; escriba uno',
          ),
        ]
      : []),
    ...repeatedNames(names).map((name) =>
      issue(
        where,
        `"${name}" stands there twice, and databases do not tell case; leave one`,
        `"${name}" está dos veces, y las bases de datos no distinguen mayúsculas; deje una`,
      ),
    ),
  ]
}

function checkTableName({ name }: TablePlan): readonly Issue[] {
  const where = `tables.${name}`
  if (name.trim() === '')
    return [
      issue(where, "a table's name is empty; write one", 'una tabla tiene el nombre vacío; escriba uno'),
    ]
  return /^cauce_/i.test(name)
    ? [
        issue(
          where,
          'tables that begin with cauce_ are ours; take another name',
          'las tablas que empiezan por cauce_ son nuestras; tome otro nombre',
        ),
      ]
    : []
}

function checkTable(table: TablePlan, plan: Plan): readonly Issue[] {
  const where = `tables.${table.name}`
  if (plan.contract.derived === true && (table.mode === 'upsert' || table.from.kind === 'sql'))
    return [
      issue(
        where,
        'needs columns that are known beforehand; declare a contract, or write append(valid) or replace(valid)',
        'necesita columnas conocidas de antemano; declare un contrato, o escriba append(valid) o replace(valid)',
      ),
    ]
  if (table.from.kind === 'rejects')
    return checkColumnNames(`${where}.columns`, Object.keys(table.from.columns))
  if (table.mode !== 'upsert') return []
  return [
    ...checkKey(table),
    ...checkDetail(table, plan),
    ...checkColumnNames(`${where}.merge`, [
      ...table.key,
      ...Object.keys(table.merge).filter((column) => !table.key.includes(column)),
    ]),
    ...Object.entries(table.merge).flatMap(([column, merge]) => checkMerge(table, column, merge)),
    ...(table.from.kind === 'valid' ? checkCarried(table, plan.contract) : []),
    ...checkDated(table, plan),
  ]
}

function checkKey({ name, key, merge }: TablePlan): readonly Issue[] {
  const where = `tables.${name}.key`
  if (key.length === 0)
    return [
      issue(
        where,
        'names no column; name those that tell rows apart',
        'no nombra ninguna columna; nombre las que distinguen las filas',
      ),
    ]
  const both = key.filter((column) => Object.hasOwn(merge, column))
  if (both.length === 0) return []
  return [
    issue(
      where,
      `${both.join(', ')} cannot be key and merged; leave it out of merge`,
      `${both.join(', ')} no puede ser clave y mezclarse; quítela de merge`,
    ),
  ]
}

function checkDetail({ name, detail }: TablePlan, { tables }: Plan): readonly Issue[] {
  if (detail === undefined) return []
  const found = tables.find((table) => table.name === detail)
  if (found?.mode === 'append' && found.from.kind !== 'rejects') return []
  const fitting = tables
    .filter(({ mode, from }) => mode === 'append' && from.kind !== 'rejects')
    .map((table) => table.name)
  const [en, es] =
    fitting.length === 0
      ? ['add one: append(valid)', 'añada una: append(valid)']
      : [`write ${fitting.join(' or ')}`, `escriba ${fitting.join(' o ')}`]
  return [
    issue(
      `tables.${name}.detail`,
      `"${detail}" is not an append table of this pipeline; ${en}`,
      `"${detail}" no es una tabla append de este flujo; ${es}`,
    ),
  ]
}

const MERGES = ['min', 'max', 'sum', 'replace', 'first', 'last', 'period']

function checkMerge({ name, detail }: TablePlan, column: string, merge: MergePlan): readonly Issue[] {
  const where = `tables.${name}.merge.${column}`
  if (!MERGES.includes(merge.kind))
    return [
      issue(
        where,
        `"${merge.kind}" is no way to merge; write 'min', 'max', 'sum', 'replace', first(…), last(…) or restarting(…)`,
        `"${merge.kind}" no es una forma de mezclar; escriba 'min', 'max', 'sum', 'replace', first(…), last(…) o restarting(…)`,
      ),
    ]
  if (merge.kind === 'period' && detail === undefined)
    return [
      issue(
        where,
        'restarts with the period, so the table needs `detail`: the append table to recompute it from',
        'se reinicia con el periodo, así que la tabla necesita `detail`: la tabla append de la que recalcularlo',
      ),
    ]
  if (merge.kind === 'period' && merge.dated.length === 0)
    return [
      issue(
        where,
        'names no column that dates a row; write restarting(unit, column)',
        'no nombra la columna que fecha una fila; escriba restarting(unidad, columna)',
      ),
    ]
  if ((merge.kind === 'first' || merge.kind === 'last') && merge.by === column)
    return [
      issue(
        where,
        'cannot be ordered by itself; name another column, or write min or max',
        'no puede ordenarse por sí misma; nombre otra columna, o escriba min o max',
      ),
    ]
  return []
}

/** A table merged straight from the valid rows has the contract's columns: those it names must be there. */
function checkCarried(table: TablePlan, { columns }: ContractPlan): readonly Issue[] {
  const where = `tables.${table.name}`
  const found: Issue[] = []
  for (const name of table.key) {
    const column = columns.find((candidate) => candidate.name === name)
    if (column === undefined) found.push(unknownColumn(`${where}.key`, name, columns))
    else if (column.nullable && column.defaultText === undefined)
      found.push(
        issue(
          `${where}.key`,
          `${name} is nullable, and a key must have a value; take .nullable() off or write a query that leaves such rows out`,
          `${name} admite nulos, y una clave debe tener valor; quite .nullable() o escriba una consulta que deje fuera esas filas`,
        ),
      )
  }
  for (const [name, merge] of Object.entries(table.merge)) {
    const column = columns.find((candidate) => candidate.name === name)
    if (column === undefined) found.push(unknownColumn(`${where}.merge.${name}`, name, columns))
    else if ((merge.kind === 'sum' || merge.kind === 'period') && !NUMBERS.includes(column.type.kind))
      found.push(
        issue(
          `${where}.merge.${name}`,
          `adds numbers, and the column is ${column.type.kind}; write another way to merge`,
          `suma números, y la columna es ${column.type.kind}; escriba otra forma de mezclar`,
        ),
      )
    if (
      (merge.kind === 'first' || merge.kind === 'last') &&
      !columns.some((other) => other.name === merge.by)
    )
      found.push(unknownColumn(`${where}.merge.${name}`, merge.by, columns))
  }
  return found
}

const NUMBERS = ['integer', 'decimal', 'double']

/** The columns that date a row, where the detail table's columns are known without compiling SQL. */
function checkDated(table: TablePlan, { contract, tables }: Plan): readonly Issue[] {
  const detail = tables.find(({ name }) => name === table.detail)
  if (detail?.from.kind !== 'valid') return []
  return Object.entries(table.merge).flatMap(([column, merge]) =>
    merge.kind === 'period'
      ? merge.dated.flatMap((name) =>
          checkDatedColumn(`tables.${table.name}.merge.${column}`, name, contract),
        )
      : [],
  )
}

function checkDatedColumn(where: string, name: string, { columns }: ContractPlan): readonly Issue[] {
  const column = columns.find((candidate) => candidate.name === name)
  if (column === undefined) return [unknownColumn(where, name, columns)]
  if (column.type.kind === 'date' || column.type.kind === 'timestamp') return []
  return [
    issue(
      where,
      `${name} is ${column.type.kind}, and only a date or a timestamp dates a row; name one`,
      `${name} es ${column.type.kind}, y solo una fecha o fecha y hora fecha una fila; nombre una`,
    ),
  ]
}

function unknownColumn(where: string, name: string, columns: ContractPlan['columns']): Issue {
  const known = columns.map((column) => column.name).join(', ')
  return issue(
    where,
    `the contract has no column "${name}"; it has ${known}`,
    `el contrato no tiene columna "${name}"; tiene ${known}`,
  )
}
