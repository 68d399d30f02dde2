import type { Plan } from '../../model/plan.ts'
import type { MonthFigures } from '../../ledger/month-figures.ts'

/** A month's report: its figures and the pipeline's own words for states. */
export interface MonthReport {
  readonly figures: MonthFigures
  readonly states: Plan['states']
}

/** The same as JSON; moments in ISO form, UTC. */
export function monthDocument({ figures, states }: MonthReport) {
  const { takenMs, days, ...rest } = figures
  const labels = Object.fromEntries(
    Object.keys(figures.files.byState).map((state) => [state, states[state as keyof typeof states] ?? state]),
  )
  return {
    ...rest,
    takenAt: new Date(takenMs).toISOString(),
    labels,
    days: days.map(({ closedMs, ...day }) => ({
      ...day,
      closedAt: closedMs === null ? null : new Date(closedMs).toISOString(),
    })),
  }
}
