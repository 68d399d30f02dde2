import type { AlertRule, FailureKind, Weekday } from '../../pipeline/alerts.ts'
import { issue, type Issue } from '../issue.ts'
import type { DayTime, RulePlan } from './alert-plan.ts'
import { parsePercent } from './parse-percent.ts'
import { parseSize } from './parse-size.ts'

interface CompiledRule {
  /** Undefined: it could not be understood. */
  readonly plan: RulePlan | undefined
  readonly issues: readonly Issue[]
}

const FAILURES: readonly FailureKind[] = ['failed_system', 'failed_layout', 'refused', 'run']
const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** A rule with its texts understood, and what is wrong in them. */
export function compileRule(rule: AlertRule, where: string): CompiledRule {
  switch (rule.kind) {
    case 'failure': {
      const of = rule.of ?? FAILURES
      const unknown = of.filter((kind) => !FAILURES.includes(kind))
      return unknown.length > 0 || of.length === 0
        ? wrong(`${where}.of`, unknown.join(', '), FAILURES.join(', '))
        : right({ kind: 'failure', of })
    }
    case 'quarantine':
      return right({ kind: 'quarantine' })
    case 'reject_rate':
      return compileRejectRate(rule, where)
    case 'late_start':
    case 'not_finished': {
      const day = compileDay(rule, where)
      return { plan: day.time && { kind: rule.kind, day: day.time }, issues: day.issues }
    }
    case 'no_files': {
      const { at, timezone, days } = rule
      if (at === undefined) return right({ kind: 'no_files', day: undefined })
      const day = compileDay({ at, timezone: timezone ?? '', ...(days !== undefined && { days }) }, where)
      return { plan: day.time && { kind: 'no_files', day: day.time }, issues: day.issues }
    }
    case 'disk_short': {
      const leastBytes = parseSize(rule.free)
      return leastBytes === undefined
        ? wrong(where, rule.free, '500MB, 2GB, 1TB')
        : right({ kind: 'disk_short', leastBytes })
    }
  }
}

function compileRejectRate(rule: Extract<AlertRule, { kind: 'reject_rate' }>, where: string): CompiledRule {
  const { of, minRows = 1, timezone } = rule
  const overPercent = parsePercent(rule.over)
  if (overPercent === undefined) return wrong(where, rule.over, '5%, 0.5%')
  const issues = [
    ...(Number.isSafeInteger(minRows) && minRows >= 1
      ? []
      : wrong(`${where}.minRows`, minRows, '1, 1000').issues),
    ...(timezone === undefined ? [] : zoneIssues(timezone, where)),
  ]
  return { plan: { kind: 'reject_rate', of, overPercent, minRows, timezone }, issues }
}

function compileDay(
  rule: { readonly at: string; readonly timezone: string; readonly days?: readonly Weekday[] },
  where: string,
): { readonly time: DayTime | undefined; readonly issues: readonly Issue[] } {
  const { at, timezone, days } = rule
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at) ?? []
  const unknown = (days ?? []).filter((day) => !WEEKDAYS.includes(day))
  const issues = [
    ...(hour === undefined ? wrong(`${where}.at`, at, '06:00, 23:30').issues : []),
    ...zoneIssues(timezone, where),
    ...(unknown.length > 0 || days?.length === 0
      ? wrong(`${where}.days`, unknown.join(', '), WEEKDAYS.join(', ')).issues
      : []),
  ]
  if (issues.length > 0) return { time: undefined, issues }
  const weekdays = [...new Set((days ?? []).map((day) => WEEKDAYS.indexOf(day)))].toSorted(
    (one, other) => one - other,
  )
  return { time: { at, hour: Number(hour), minute: Number(minute), timezone, weekdays }, issues }
}

function zoneIssues(timezone: string, where: string): readonly Issue[] {
  try {
    Intl.DateTimeFormat('en', { timeZone: timezone })
    return []
  } catch {
    // The platform knows which zones there are.
    return wrong(`${where}.timezone`, timezone, 'America/Mexico_City, UTC').issues
  }
}

function right(plan: RulePlan): CompiledRule {
  return { plan, issues: [] }
}

function wrong(where: string, value: string | number, forms: string): CompiledRule {
  return {
    plan: undefined,
    issues: [
      issue(
        where,
        `"${value}" is not understood; write it like ${forms}`,
        `"${value}" no se entiende; escríbalo como ${forms}`,
      ),
    ],
  }
}
