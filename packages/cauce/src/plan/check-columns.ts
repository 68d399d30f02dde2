import type { ColumnPlan, Plan, Rule } from '../model/plan.ts'
import { parseDateFormat } from './date-format.ts'
import { issue, type Issue } from './issue.ts'
import { brokenByText } from './judge-text.ts'
import { readsOf } from './reads-of.ts'
import { repeatedNames } from './repeated-names.ts'

/** What is wrong with the columns of a contract, each by itself and together. */
export function checkColumns({ contract, read }: Plan): readonly Issue[] {
  const { columns, rules, derived } = contract
  if (derived === true) return []
  if (columns.length === 0)
    return [issue('contract', 'has no columns; give it at least one', 'no tiene columnas; dele al menos una')]
  return [
    ...columns.flatMap(checkColumnName),
    ...repeatedNames(columns.map(({ name }) => name)).map((name) =>
      issue(
        `contract.${name}`,
        'differs from another column in case only, and databases take them for one; rename one of them',
        'solo se distingue de otra columna en las mayúsculas, y las bases de datos las toman por una; cambie un nombre',
      ),
    ),
    ...columns.flatMap((column) => [
      ...checkHeaders(column, columns, read),
      ...checkParse(column),
      ...checkDefault(column, rules),
    ]),
  ]
}

function checkColumnName({ name }: ColumnPlan): readonly Issue[] {
  const where = `contract.${name}`
  if (name.trim() === '')
    return [
      issue(
        where,
        "a column's name is empty; give it one and say .from('') for a header without text",
        "una columna no tiene nombre; póngale uno y use .from('') si la cabecera está vacía",
      ),
    ]
  if (name.startsWith('_'))
    return [
      issue(
        where,
        `names that begin with _ are ours; take another and say .from('${name}')`,
        `los nombres que empiezan por _ son nuestros; tome otro y use .from('${name}')`,
      ),
    ]
  // DuckDB numbers rows by this name, unless a column has it.
  if (name.toLowerCase() === 'rowid')
    return [
      issue(
        where,
        `"${name}" is the engine's own name for a row's number; take another and say .from('${name}')`,
        `"${name}" es el nombre que el motor da al número de fila; tome otro y use .from('${name}')`,
      ),
    ]
  return []
}

function checkHeaders(
  column: ColumnPlan,
  columns: readonly ColumnPlan[],
  read: Plan['read'],
): readonly Issue[] {
  const where = `contract.${column.name}.from`
  const byName = readsOf(read).some((one) => one.layout === 'name' && (one.format !== 'csv' || one.header))
  return [
    ...column.headers
      .filter((text) => text !== text.trim())
      .map((text) =>
        issue(
          where,
          `"${text}" has blanks around it and is never found, for headers are compared without; write "${text.trim()}"`,
          `"${text}" lleva blancos alrededor y no se encuentra nunca, pues las cabeceras se comparan sin ellos; escriba "${text.trim()}"`,
        ),
      ),
    ...(byName
      ? columns
          .slice(0, columns.indexOf(column))
          .flatMap((other) => other.headers.filter((text) => column.headers.includes(text)))
          .map((text) =>
            issue(
              where,
              `"${text}" is the header of another column too; by name each column needs its own, or say layout: 'position'`,
              `"${text}" es también la cabecera de otra columna; por nombre cada una necesita la suya, o use layout: 'position'`,
            ),
          )
      : []),
    ...(byName && column.anyHeader
      ? [
          issue(
            where,
            "anyName() finds a column by its place, so it needs read: csv({ layout: 'position' })",
            "anyName() encuentra la columna por su lugar, así que necesita read: csv({ layout: 'position' })",
          ),
        ]
      : []),
  ]
}

function checkParse({ name, parse, type }: ColumnPlan): readonly Issue[] {
  const where = `contract.${name}`
  if (parse.kind === 'date' || parse.kind === 'timestamp' || parse.kind === 'time')
    return isWholeFormat(parse.kind, parse.format)
      ? []
      : [
          issue(
            where,
            `"${parse.format}" is not a ${parse.kind} format; write it with dd, MM, yyyy, HH, mm, ss, SSS (or SSSSSS), each once`,
            `"${parse.format}" no es un formato de ${parse.kind}; escríbalo con dd, MM, yyyy, HH, mm, ss, SSS (o SSSSSS), cada uno una vez`,
          ),
        ]
  if (parse.kind === 'boolean') return checkWords(where, parse.trueWords, parse.falseWords)
  if (type.kind !== 'decimal' || parse.kind !== 'decimal') return []
  const { precision, scale } = type
  const fits = Number.isInteger(precision) && precision >= 1 && precision <= 38
  return [
    ...(fits && Number.isInteger(scale) && scale >= 0 && scale <= precision
      ? []
      : [
          issue(
            where,
            'a decimal has 1 to 38 digits, and no more of them behind the mark than in all; write decimal(12, 2), say',
            'un decimal tiene de 1 a 38 cifras, y tras la coma no más que en total; escriba decimal(12, 2), por ejemplo',
          ),
        ]),
    ...(parse.decimalMark === parse.thousandsMark
      ? [
          issue(
            where,
            `"${parse.decimalMark}" cannot be the mark of decimals and of thousands; write decimalMark and thousandsMark as the file has them`,
            `"${parse.decimalMark}" no puede separar decimales y miles; escriba decimalMark y thousandsMark como están en el archivo`,
          ),
        ]
      : []),
  ]
}

function isWholeFormat(kind: 'date' | 'timestamp' | 'time', text: string): boolean {
  const format = parseDateFormat(text)
  if (format === undefined) return false
  return (kind === 'time' || format.hasDate) && (kind === 'date' || format.hasTime)
}

function checkWords(
  where: string,
  trueWords: readonly string[],
  falseWords: readonly string[],
): readonly Issue[] {
  const folded = falseWords.map((word) => word.toLowerCase())
  const both = trueWords.filter((word) => folded.includes(word.toLowerCase()))
  if (trueWords.length > 0 && falseWords.length > 0 && both.length === 0) return []
  return [
    both.length > 0
      ? issue(
          where,
          `"${both.join(', ')}" means true and false; leave it in one list`,
          `"${both.join(', ')}" significa sí y no; déjelo en una sola lista`,
        )
      : issue(
          where,
          "a boolean needs words for both: boolean(['yes'], ['no'])",
          "un booleano necesita palabras para ambos: boolean(['sí'], ['no'])",
        ),
  ]
}

function checkDefault(column: ColumnPlan, rules: readonly Rule[]): readonly Issue[] {
  const { name, defaultText } = column
  if (defaultText === undefined) return []
  const broken = brokenByText(defaultText, column, rules)
  return broken.length === 0
    ? []
    : [
        issue(
          `contract.${name}.default`,
          `"${defaultText}" itself breaks ${broken.join(', ')}, so it would never be loaded; write it as a valid field of the file`,
          `"${defaultText}" incumple ${broken.join(', ')}, así que nunca se cargaría; escríbalo como un campo válido del archivo`,
        ),
      ]
}
