import type { Plan } from '../model/plan.ts'
import { checkPlan } from '../plan/check-plan.ts'
import { issue, type Issue } from '../plan/issue.ts'
import { checkFollowers } from '../plan/schedule/check-followers.ts'
import type { LoadedProject } from './load-project.ts'

/** Everything wrong in a declaration that shows without running its SQL. */
export function declarationIssues(plan: Plan): readonly Issue[] {
  return [...checkPlan(plan), ...zoneIssues(plan)]
}

/** What is wrong with the pipeline it goes after, which only the whole project shows. */
export function followerIssues({ pipelines }: LoadedProject, plan: Plan): readonly Issue[] {
  return checkFollowers(
    plan,
    pipelines.map((other) => other.plan),
  )
}

function zoneIssues({ reference: { timezone } }: Plan): readonly Issue[] {
  try {
    Intl.DateTimeFormat('en', { timeZone: timezone })
    return []
  } catch {
    // The platform knows which zones there are.
    return [
      issue(
        'reference.timezone',
        `"${timezone}" is not a time zone; write one like America/Mexico_City or UTC`,
        `"${timezone}" no es una zona horaria; escriba una como America/Mexico_City o UTC`,
      ),
    ]
  }
}
