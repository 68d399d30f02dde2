import type { ColumnPlan, ContractPlan, Rule, Test } from '../model/plan.ts'
import { issue, type Issue } from './issue.ts'
import { isValue } from './judge-text.ts'
import { whyNotPortable } from './portable-pattern.ts'

/** Most rules of one level: each is a bit of a 64-bit mask that stays positive. */
const MAX_RULES = 62

/** What is wrong with the rules of a contract. */
export function checkRules(contract: ContractPlan): readonly Issue[] {
  return [
    ...contract.rules.flatMap((rule) => checkRule(rule, contract)),
    ...contract.columns.flatMap((column) => checkRanges(column, contract.rules)),
    ...checkCodes(contract),
    ...checkCount(contract),
  ]
}

function checkRule(rule: Rule, { columns }: ContractPlan): readonly Issue[] {
  const where = rule.column === undefined ? `contract.${rule.code}` : `contract.${rule.column}`
  const { test } = rule
  switch (test.kind) {
    case 'matches':
      return checkPattern(where, test.pattern)
    case 'among':
      return test.values.length > 0
        ? []
        : [
            issue(
              where,
              'allows no value; name some in oneOf(…)',
              'no permite ningún valor; nombre alguno en oneOf(…)',
            ),
          ]
    case 'at_least':
    case 'at_most':
      return checkBound(
        where,
        test.value,
        columns.find(({ name }) => name === rule.column),
      )
    case 'length':
      return checkLength(where, test)
    case 'present':
    case 'parses':
    case 'unique':
    case 'distinct_row':
    case 'sql':
    case 'width':
    case 'unflagged':
      return []
  }
}

function checkPattern(where: string, pattern: string): readonly Issue[] {
  const why = whyNotPortable(pattern)
  if (why === undefined) return []
  return [
    issue(
      `${where}.pattern`,
      `cannot be used by every engine (${why.en}); write it without`,
      `no sirve en todos los motores (${why.es}); escríbalo sin ello`,
    ),
  ]
}

/** How bounds are written, by type; a bound must be a value the column can hold. */
const BOUND_FORMATS: Readonly<Record<'date' | 'timestamp' | 'time', readonly string[]>> = {
  date: ['yyyy-MM-dd'],
  timestamp: [
    'yyyy-MM-dd',
    ...[' ', 'T'].flatMap((gap) => ['', ':ss', ':ss.SSS'].map((end) => `yyyy-MM-dd${gap}HH:mm${end}`)),
  ],
  time: ['HH:mm', 'HH:mm:ss', 'HH:mm:ss.SSS'],
}

function checkBound(where: string, value: string, column: ColumnPlan | undefined): readonly Issue[] {
  if (column === undefined || isBound(value, column)) return []
  const { type } = column
  const [en, es] =
    type.kind in EXAMPLES
      ? [
          `write a value of it, such as ${EXAMPLES[type.kind]}`,
          `escriba un valor suyo, como ${EXAMPLES[type.kind]}`,
        ]
      : ['only numbers, dates and times have bounds', 'solo números, fechas y horas tienen límites']
  return [
    issue(
      where,
      `"${value}" is no bound for a column of type ${type.kind}; ${en}`,
      `"${value}" no es un límite para una columna de tipo ${type.kind}; ${es}`,
    ),
  ]
}

const EXAMPLES: Readonly<Record<string, string>> = {
  integer: '5',
  decimal: '9.99',
  double: '0.5',
  date: '2024-01-31',
  timestamp: '2024-01-31 12:00',
  time: '12:00',
}

function isBound(value: string, { type }: ColumnPlan): boolean {
  switch (type.kind) {
    case 'integer':
    case 'double':
      return isValue(value, { type, parse: { kind: type.kind } })
    case 'decimal':
      return isValue(value, { type, parse: { kind: 'decimal', decimalMark: '.', thousandsMark: undefined } })
    case 'date':
    case 'timestamp':
    case 'time':
      return BOUND_FORMATS[type.kind].some((format) =>
        isValue(value, { type, parse: { kind: 'timestamp', format } }),
      )
    case 'text':
    case 'boolean':
    case 'uuid':
    case 'json':
      return false
  }
}

function checkLength(where: string, { min, max }: Extract<Test, { kind: 'length' }>): readonly Issue[] {
  const bounds = [min, max].filter((bound) => bound !== undefined)
  const whole = bounds.length > 0 && bounds.every((bound) => Number.isSafeInteger(bound) && bound >= 0)
  if (whole && max !== 0) return []
  return [
    issue(
      `${where}.length`,
      'needs whole numbers: length({ min: 1, max: 20 }), or one of the two',
      'necesita números enteros: length({ min: 1, max: 20 }), o uno de los dos',
    ),
  ]
}

/** Bounds between which nothing lies. */
function checkRanges(column: ColumnPlan, rules: readonly Rule[]): readonly Issue[] {
  const tests = rules.filter((rule) => rule.column === column.name).map(({ test }) => test)
  const least = tests.flatMap((test) =>
    test.kind === 'at_least' && isBound(test.value, column) ? [test.value] : [],
  )
  const most = tests.flatMap((test) =>
    test.kind === 'at_most' && isBound(test.value, column) ? [test.value] : [],
  )
  const lengths = tests.filter((test) => test.kind === 'length')
  const shortest = Math.max(0, ...lengths.map(({ min }) => min ?? 0))
  const longest = Math.min(Infinity, ...lengths.map(({ max }) => max ?? Infinity))
  return [
    ...least.flatMap((min) =>
      most
        .filter((max) => isGreater(min, max, column))
        .map((max) => emptyRange(`contract.${column.name}`, min, max)),
    ),
    ...(shortest > longest
      ? [emptyRange(`contract.${column.name}.length`, String(shortest), String(longest))]
      : []),
  ]
}

function emptyRange(where: string, min: string, max: string): Issue {
  return issue(
    where,
    `no value lies between ${min} and ${max}; write the lesser as the minimum`,
    `ningún valor está entre ${min} y ${max}; ponga el menor como mínimo`,
  )
}

function isGreater(a: string, b: string, { type }: ColumnPlan): boolean {
  if (type.kind === 'integer') return BigInt(a.replace('+', '')) > BigInt(b.replace('+', ''))
  if (type.kind === 'decimal') return scaled(a, type.scale) > scaled(b, type.scale)
  if (type.kind === 'double') return Number(a) > Number(b)
  // ISO texts stand in the order of their moments.
  return a.replace('T', ' ') > b.replace('T', ' ')
}

/** A decimal as a whole number of its last digit. */
function scaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.')
  const digits = BigInt(whole + fraction.padEnd(scale, '0'))
  return text.startsWith('-') ? -digits : digits
}

function checkCodes({ rules }: ContractPlan): readonly Issue[] {
  const checks = rules.filter(({ test }) => test.kind === 'sql').map(({ code }) => code)
  const taken = checks.filter(
    (code, index) =>
      checks.indexOf(code) !== index || rules.some((rule) => rule.code === code && rule.test.kind !== 'sql'),
  )
  const odd = new Set(
    rules.map(({ code }) => code).filter((code) => /[|\n\r]/.test(code) || /^(row:)?\s*$/.test(code)),
  )
  return [
    ...taken.map((code) =>
      issue(
        `contract.checks.${code.replace(/^row:/, '')}`,
        'another rule has this name; give the check one of its own',
        'otra regla tiene este nombre; dé a la comprobación uno propio',
      ),
    ),
    ...[...odd].map((code) =>
      issue(
        'contract',
        `"${code}" cannot be a rule's code; write a text without | and line ends`,
        `"${code}" no puede ser código de una regla; escriba un texto sin | ni saltos de línea`,
      ),
    ),
  ]
}

function checkCount({ rules }: ContractPlan): readonly Issue[] {
  return (['error', 'warning'] as const).flatMap((level) => {
    const count = rules.filter((rule) => rule.level === level).length
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
