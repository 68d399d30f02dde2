import type { Plan } from '../../model/plan.ts'
import { issue, type Issue } from '../issue.ts'

/** What is wrong with the pipeline this one goes after, among all `plans` of the project. */
export function checkFollowers(plan: Plan, plans: readonly Plan[]): readonly Issue[] {
  const first = leaderOf(plan)
  if (first === undefined) return []
  if (!plans.some(({ pipeline }) => pipeline === first)) return [unknownIssue(first, plans)]
  const chain = [plan.pipeline]
  let next: string | undefined = first
  while (next !== undefined && !chain.includes(next)) {
    chain.push(next)
    next = leaderOf(plans.find(({ pipeline }) => pipeline === next))
  }
  // A circle further up is told where it is.
  if (next !== plan.pipeline) return []
  const circle = [...chain, plan.pipeline].toReversed().join(' → ')
  return [
    issue(
      'schedule',
      `goes in a circle, ${circle}, which would never end; give one of them another schedule`,
      `va en círculo, ${circle}, y no acabaría nunca; dé a uno de ellos otro horario`,
    ),
  ]
}

function leaderOf(plan: Plan | undefined): string | undefined {
  const schedule = plan?.schedules.run
  return schedule?.kind === 'after' ? schedule.pipeline : undefined
}

function unknownIssue(name: string, plans: readonly Plan[]): Issue {
  const known = plans.map(({ pipeline }) => pipeline).join(', ')
  return issue(
    'schedule',
    `goes after "${name}", which is no pipeline of the project; write one of ${known}`,
    `va después de "${name}", que no es un flujo del proyecto; escriba uno de ${known}`,
  )
}
