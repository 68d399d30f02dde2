import { issue, type Issue } from '../issue.ts'
import { readCron } from './next-moment.ts'

interface CronField {
  readonly en: string
  readonly es: string
  readonly values: string
}

const SECOND: CronField = { en: 'second', es: 'segundo', values: '0-59' }
const FIELDS: readonly CronField[] = [
  { en: 'minute', es: 'minuto', values: '0-59' },
  { en: 'hour', es: 'hora', values: '0-23' },
  { en: 'day of the month', es: 'día del mes', values: '1-31, L' },
  { en: 'month', es: 'mes', values: '1-12, JAN-DEC' },
  { en: 'day of the week', es: 'día de la semana', values: '0-7, SUN-SAT' },
]

/** What is wrong with a cron expression, and in which of its fields. */
export function checkCron(where: string, expression: string): readonly Issue[] {
  const found = checkNickname(where, expression) ?? checkFields(where, expression)
  if (found.length > 0) return found
  const complaint = complaintOf(expression)
  if (complaint !== undefined)
    return [
      issue(
        where,
        `"${expression}" is no cron expression: ${complaint}; write one like "0 2 * * *"`,
        `"${expression}" no es una expresión cron: ${complaint}; escriba una como "0 2 * * *"`,
      ),
    ]
  return checkComes(where, expression)
}

/** Undefined: it is none. */
function checkNickname(where: string, expression: string): readonly Issue[] | undefined {
  if (!expression.trim().startsWith('@')) return undefined
  if (complaintOf(expression) === undefined) return []
  return [
    issue(
      where,
      `"${expression}" is not known; write @hourly, @daily, @weekly, @monthly, @yearly or five fields`,
      `"${expression}" no se conoce; escriba @hourly, @daily, @weekly, @monthly, @yearly o cinco campos`,
    ),
  ]
}

function checkFields(where: string, expression: string): readonly Issue[] {
  const parts = expression.split(/\s+/).filter((part) => part !== '')
  if (parts.length !== 5 && parts.length !== 6)
    return [
      issue(
        where,
        `"${expression}" has ${parts.length} fields; write five (minute, hour, day, month, day of the week), or seconds before them`,
        `"${expression}" tiene ${parts.length} campos; escriba cinco (minuto, hora, día, mes, día de la semana), o los segundos delante`,
      ),
    ]
  const fields = parts.length === 6 ? [SECOND, ...FIELDS] : FIELDS
  return fields.flatMap(({ en, es, values }, place) => {
    const part = parts[place] ?? ''
    // Alone among wildcards, it is the only one that can be wrong.
    if (complaintOf(parts.map((_, other) => (other === place ? part : '*')).join(' ')) === undefined)
      return []
    return [
      issue(
        where,
        `the ${en} "${part}" of "${expression}" will not do; write * or, within ${values}, a value, a list (1,2), a range (1-3) or a step (*/2)`,
        `el campo ${es} "${part}" de "${expression}" no sirve; escriba * o, dentro de ${values}, un valor, una lista (1,2), un rango (1-3) o un paso (*/2)`,
      ),
    ]
  })
}

/** A day that no month has, such as February 30. */
function checkComes(where: string, expression: string): readonly Issue[] {
  if (readCron(expression, 'UTC').nextRun(new Date(0)) !== null) return []
  return [
    issue(
      where,
      `"${expression}" never comes: no such month has such a day; correct the day or the month`,
      `"${expression}" no llega nunca: ningún mes de esos tiene ese día; corrija el día o el mes`,
    ),
  ]
}

/** What the reader of expressions holds against one, in its own words. */
function complaintOf(expression: string): string | undefined {
  try {
    readCron(expression, 'UTC')
    return undefined
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replace(/^CronPattern: /, '')
  }
}
