import { fillText, type Text } from './language.ts'
import type { Rule, Test } from './plan.ts'

/** What a broken rule of a column means, by the last part of its code. */
const COLUMN_TEXTS: Readonly<Record<string, Text>> = {
  missing: { en: '{column} has no value', es: '{column} no tiene valor' },
  not_an_integer: { en: '{column} is not a whole number', es: '{column} no es un número entero' },
  not_a_decimal: {
    en: '{column} is not a decimal number of the agreed digits',
    es: '{column} no es un decimal con las cifras acordadas',
  },
  not_a_number: { en: '{column} is not a number', es: '{column} no es un número' },
  not_a_boolean: { en: '{column} is neither yes nor no', es: '{column} no es sí ni no' },
  not_a_date: {
    en: '{column} is not a date in the agreed form',
    es: '{column} no es una fecha en la forma acordada',
  },
  not_a_timestamp: {
    en: '{column} is not a date and time in the agreed form',
    es: '{column} no es una fecha y hora en la forma acordada',
  },
  not_a_time: {
    en: '{column} is not a time of day in the agreed form',
    es: '{column} no es una hora en la forma acordada',
  },
  not_a_uuid: { en: '{column} is not a UUID', es: '{column} no es un UUID' },
  not_json: { en: '{column} is not JSON', es: '{column} no es JSON' },
  invalid: { en: '{column} is not well formed', es: '{column} no está bien formado' },
  not_allowed: {
    en: '{column} is not one of the values allowed',
    es: '{column} no es uno de los valores permitidos',
  },
  below_minimum: {
    en: '{column} is below the least value allowed',
    es: '{column} es menor que el mínimo permitido',
  },
  above_maximum: {
    en: '{column} is above the greatest value allowed',
    es: '{column} es mayor que el máximo permitido',
  },
  length: {
    en: '{column} is shorter or longer than allowed',
    es: '{column} es más corto o más largo de lo permitido',
  },
  pattern: {
    en: '{column} does not have the form asked for',
    es: '{column} no tiene la forma pedida',
  },
  repeated: {
    en: '{column} repeats a value of an earlier row',
    es: '{column} repite un valor de una fila anterior',
  },
}

/** What a broken rule of the row as a whole means. */
const ROW_TEXTS: Readonly<Record<string, Text>> = {
  too_few_columns: {
    en: 'the row has fewer columns than the file',
    es: 'la fila tiene menos columnas que el archivo',
  },
  too_many_columns: {
    en: 'the row has more columns than the file',
    es: 'la fila tiene más columnas que el archivo',
  },
  bad_quotes: { en: 'a quote of the row is never closed', es: 'una comilla de la fila no se cierra' },
  nul_byte: { en: 'the row holds a NUL byte', es: 'la fila contiene un byte NUL' },
  undecodable_bytes: {
    en: 'the row holds bytes that are no text in the encoding of the file',
    es: 'la fila contiene bytes que no son texto en la codificación del archivo',
  },
  bad_json: { en: 'the line is no JSON', es: 'la línea no es JSON' },
  not_an_object: { en: 'the record is no JSON object', es: 'el registro no es un objeto JSON' },
  repeated_key: {
    en: 'a key of the record is there twice',
    es: 'una clave del registro está dos veces',
  },
  too_deep: {
    en: 'the record is nested deeper than databases take',
    es: 'el registro está más anidado de lo que admiten las bases de datos',
  },
  error_cell: {
    en: 'a cell of the row holds an error instead of a value',
    es: 'una celda de la fila contiene un error en vez de un valor',
  },
  repeated: {
    en: 'the row equals an earlier one of the file',
    es: 'la fila es igual a una anterior del archivo',
  },
}

const OWN_CHECK: Text = {
  en: 'the check "{name}" does not hold',
  es: 'no se cumple la comprobación "{name}"',
}

/**
 * What a rule code says to people. A code that a pipeline's author gave speaks for itself and comes back as it is.
 *
 * @example
 * ruleText('email:invalid').es // "email no está bien formado"
 */
export function ruleText(code: string): Text {
  const cut = code.lastIndexOf(':')
  if (cut < 0) return { en: code, es: code }
  const [subject, suffix] = [code.slice(0, cut), code.slice(cut + 1)]
  if (subject === 'row') return filled(ownText(ROW_TEXTS, suffix) ?? OWN_CHECK, { name: suffix })
  const known = ownText(COLUMN_TEXTS, suffix)
  return known === undefined ? { en: code, es: code } : filled(known, { column: subject })
}

/** What a rule asks for, for people who read a contract: "one of HARD, SOFT". */
export function testText({ test }: Pick<Rule, 'test'>): Text {
  switch (test.kind) {
    case 'present':
      return { en: 'has a value', es: 'tiene valor' }
    case 'parses':
      return { en: 'can be read as its type', es: 'se lee como su tipo' }
    case 'matches':
      return filled({ en: 'matches {pattern}', es: 'cumple {pattern}' }, { pattern: test.pattern })
    case 'among':
      return filled({ en: 'one of {list}', es: 'uno de {list}' }, { list: test.values.join(', ') })
    case 'at_least':
      return filled({ en: 'at least {value}', es: 'al menos {value}' }, { value: test.value })
    case 'at_most':
      return filled({ en: 'at most {value}', es: 'a lo sumo {value}' }, { value: test.value })
    case 'length':
      return lengthText(test)
    case 'unique':
      return { en: 'no two rows of a file alike', es: 'sin repetir dentro del archivo' }
    case 'distinct_row':
      return { en: 'no two whole rows of a file alike', es: 'sin filas enteras repetidas en el archivo' }
    case 'sql':
      return { en: 'holds for the row', es: 'se cumple en la fila' }
    case 'width':
      return test.side === 'few'
        ? { en: 'as many columns as the file', es: 'tantas columnas como el archivo' }
        : { en: 'no more columns than the file', es: 'no más columnas que el archivo' }
    case 'unflagged':
      return { en: 'can be read whole', es: 'se puede leer entera' }
  }
}

function lengthText({ min, max }: Extract<Test, { kind: 'length' }>): Text {
  if (min !== undefined && max !== undefined)
    return filled({ en: '{min} to {max} characters', es: 'de {min} a {max} caracteres' }, { min, max })
  return min === undefined
    ? filled({ en: 'at most {max} characters', es: 'a lo sumo {max} caracteres' }, { max: max ?? '' })
    : filled({ en: 'at least {min} characters', es: 'al menos {min} caracteres' }, { min })
}

/** Codes come from people's files and ledgers: a name like `constructor` is no text of ours. */
function ownText(texts: Readonly<Record<string, Text>>, name: string): Text | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined
}

function filled({ en, es }: Text, details: Readonly<Record<string, string | number>>): Text {
  return { en: fillText(en, details), es: fillText(es, details) }
}
