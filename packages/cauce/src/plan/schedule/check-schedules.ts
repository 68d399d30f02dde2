import { DURATION_FORM } from '../../model/duration.ts'
import type { Plan, SchedulePlan } from '../../model/plan.ts'
import { issue, type Issue } from '../issue.ts'
import { checkCron } from './check-cron.ts'
import { readCron } from './next-moment.ts'

const SHORTEST_MS = 1_000

/** The field of the declaration that each rhythm comes from. */
const FIELDS = { run: 'schedule', discover: 'discover', dispatch: 'dispatch' } as const

/** What is wrong with when a pipeline runs. */
export function checkSchedules(plan: Plan): readonly Issue[] {
  const { schedules, overlap } = plan
  return [
    ...checkRhythms(schedules),
    ...(['run', 'discover', 'dispatch'] as const).flatMap((rhythm) =>
      rhythm in schedules ? checkSchedule(FIELDS[rhythm], schedules[rhythm], plan) : [],
    ),
    ...checkWord('overlap', overlap, ['skip', 'queue', 'allow']),
  ]
}

function checkRhythms(schedules: Plan['schedules']): readonly Issue[] {
  const [hasRun, hasDiscover, hasDispatch] = [
    'run' in schedules,
    'discover' in schedules,
    'dispatch' in schedules,
  ]
  if (hasRun && (hasDiscover || hasDispatch))
    return [
      issue(
        'schedule',
        'cannot stand beside discover and dispatch, for it does both; take it or them out',
        'no puede estar junto a discover y dispatch, pues hace las dos cosas; quite uno u otros',
      ),
    ]
  if (hasDiscover === hasDispatch) return []
  const [missing, present] = hasDiscover ? ['dispatch', 'discover'] : ['discover', 'dispatch']
  return [
    issue(
      missing,
      `must stand beside ${present}; add one, manual() if it is done by hand, or write schedule instead of both`,
      `debe estar junto a ${present}; añada uno, manual() si se hace a mano, o escriba schedule en lugar de ambos`,
    ),
  ]
}

function checkSchedule(where: string, spec: SchedulePlan | undefined, plan: Plan): readonly Issue[] {
  switch (spec?.kind) {
    case 'cron':
      return [
        ...checkCron(where, spec.expression),
        ...checkZone(where, spec.timezone, plan.reference.timezone),
        ...checkWord(`${where}.missed`, spec.missed, ['skip', 'once', 'all']),
      ]
    case 'every':
      return [
        ...checkInterval(where, spec),
        ...checkWord(`${where}.missed`, spec.missed, ['skip', 'once', 'all']),
      ]
    case 'after':
      return [
        ...(where === 'schedule' ? [] : [afterIssue(where)]),
        ...checkWord(`${where}.on`, spec.on, ['done', 'always']),
      ]
    case 'manual':
      return []
    case undefined:
      // Types forbid it, plain JavaScript does not.
      return [
        issue(
          where,
          "is no schedule; write cron('0 2 * * *'), every('5m'), after(other) or manual()",
          "no es un horario; escriba cron('0 2 * * *'), every('5m'), after(otro) o manual()",
        ),
      ]
  }
}

function checkInterval(
  where: string,
  { interval, everyMs }: SchedulePlan & { kind: 'every' },
): readonly Issue[] {
  if (everyMs >= SHORTEST_MS) return []
  if (everyMs > 0 || /^0+[a-z]/.test(interval))
    return [
      issue(
        where,
        `"${interval}" is too short; write an interval of at least 1s`,
        `"${interval}" es muy corto; escriba un intervalo de al menos 1s`,
      ),
    ]
  return [
    issue(
      where,
      `"${interval}" is no interval; write one like ${DURATION_FORM}`,
      `"${interval}" no es un intervalo; escriba uno como ${DURATION_FORM}`,
    ),
  ]
}

function checkZone(where: string, timezone: string, inherited: string): readonly Issue[] {
  // A wrong one of `reference` is said once, there.
  if (timezone === inherited || isZone(timezone)) return []
  return [
    issue(
      `${where}.timezone`,
      `"${timezone}" is not a time zone; write one like America/Mexico_City or UTC`,
      `"${timezone}" no es una zona horaria; escriba una como America/Mexico_City o UTC`,
    ),
  ]
}

function isZone(timezone: string): boolean {
  try {
    // The platform knows which there are; the reader of expressions must know it too, and takes an empty one for the machine's own.
    Intl.DateTimeFormat('en', { timeZone: timezone })
    return readCron('* * * * *', timezone).nextRun(new Date(0)) !== null
  } catch {
    return false
  }
}

function afterIssue(where: string): Issue {
  return issue(
    where,
    'cannot go after another pipeline; write schedule: after(other) instead of discover and dispatch',
    'no puede ir después de otro flujo; escriba schedule: after(otro) en lugar de discover y dispatch',
  )
}

function checkWord(where: string, word: string, allowed: readonly string[]): readonly Issue[] {
  if (allowed.includes(word)) return []
  const [en, es] = [' or ', ' o '].map((or) => allowed.map((one) => `'${one}'`).join(or))
  return [issue(where, `"${word}" is not known; write ${en}`, `"${word}" no se conoce; escriba ${es}`)]
}
