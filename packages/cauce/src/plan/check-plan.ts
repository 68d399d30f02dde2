import type { Plan } from '../model/plan.ts'
import { checkArchive } from './check-archive.ts'
import { checkColumns } from './check-columns.ts'
import { checkRead } from './check-read.ts'
import { checkReport } from './check-report.ts'
import { checkRules } from './check-rules.ts'
import { checkTables } from './check-tables.ts'
import { checkTexts } from './check-texts.ts'
import { checkVersions } from './check-versions.ts'
import { issue, type Issue } from './issue.ts'
import { checkSchedules } from './schedule/check-schedules.ts'
import { isWhole, wholeNumber } from './whole-number.ts'

/**
 * Everything wrong in a plan that can be seen without running its SQL; an empty list means it may run. SQL is compiled
 * against the contract's columns afterwards, by the engine.
 */
export function checkPlan(plan: Plan): readonly Issue[] {
  return [
    ...checkName(plan),
    ...checkTexts(plan),
    ...checkRead(plan.read),
    ...checkColumns(plan),
    ...checkRules(plan.contract),
    ...checkTables(plan),
    ...checkVersions(plan),
    ...checkReport(plan),
    ...checkLimits(plan),
    ...checkSchedules(plan),
    ...checkArchive(plan),
  ]
}

function checkName({ pipeline }: Plan): readonly Issue[] {
  if (/^[\p{L}_][\p{L}\p{N}_-]{0,99}$/u.test(pipeline)) return []
  return [
    issue(
      'name',
      `"${pipeline}" cannot be a pipeline's name; use letters, digits, _ and -, at most 100, a letter first`,
      `"${pipeline}" no puede ser nombre de un flujo; use letras, cifras, _ y -, como mucho 100, primero una letra`,
    ),
  ]
}

function checkLimits({ limits, retry }: Plan): readonly Issue[] {
  const { sourceConnections, destinationConnections, ...own } = limits
  const named: Readonly<Record<string, number | undefined>> = {
    ...own,
    'connections.source': sourceConnections,
    'connections.destination': destinationConnections,
  }
  const wrong = Object.entries(named).flatMap(([name, value]) =>
    value === undefined || isWhole(value, 1) ? [] : [wholeNumber(`limits.${name}`, value, 1)],
  )
  return isWhole(retry.days, 0) ? wrong : [...wrong, wholeNumber('retry.days', retry.days, 0)]
}
