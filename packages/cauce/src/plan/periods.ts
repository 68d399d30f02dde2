import type { PeriodUnit, Plan } from '../model/plan.ts'

/** The year and month a date (yyyy-MM-dd) lies in: `2013` and `2013-02`. */
export function periodsOf(date: string): Readonly<Record<PeriodUnit, string>> {
  return { year: date.slice(0, 4), month: date.slice(0, 7) }
}

/** First moment of a period and of the one after it, as ISO dates. */
export function periodBounds(period: string): { readonly from: string; readonly until: string } {
  const [year = 0, month] = period.split('-').map(Number)
  const start = new Date(Date.UTC(year, (month ?? 1) - 1, 1))
  const end = new Date(Date.UTC(month === undefined ? year + 1 : year, month ?? 0, 1))
  return { from: start.toISOString().slice(0, 10), until: end.toISOString().slice(0, 10) }
}

/** Today's date (yyyy-MM-dd) in a time zone, at a moment given in ms since 1970 UTC. */
export function dateInZone(nowMs: number, timezone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(new Date(nowMs))
}

/** A counter of a merged table that restarts with the year or month. */
export interface PlannedCounter {
  readonly table: string
  readonly column: string
  readonly unit: PeriodUnit
  readonly dated: readonly string[]
  readonly detail: string
}

/** Every counter of the plan that is relative to the reference date. */
export function plannedCounters(plan: Plan): readonly PlannedCounter[] {
  return plan.tables.flatMap((table) =>
    Object.entries(table.merge).flatMap(([column, merge]) =>
      merge.kind === 'period' && table.detail !== undefined
        ? [{ table: table.name, column, unit: merge.unit, dated: merge.dated, detail: table.detail }]
        : [],
    ),
  )
}
