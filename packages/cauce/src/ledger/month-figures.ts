import type { ItemState, RowCounts } from '../model/item-state.ts'
import { dayAfter, dayBounds, daysOfMonth, monthBounds } from '../plan/day-bounds.ts'
import { listDayCloses } from './day-close.ts'
import { addRows, type FileFigures, fileFigures } from './day-figures.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import { sumOfCounts } from './sum-of-counts.ts'

export interface MonthRequest {
  readonly pipeline: string
  /** yyyy-MM in the zone. */
  readonly month: string
  readonly timezone: string
  readonly nowMs: number
}

/** One day of a month on which something ended. */
export interface MonthDay {
  readonly day: string
  readonly files: FileFigures
  readonly rows: RowCounts
  readonly replays: { readonly items: number; readonly rows: RowCounts }
  /** When the day was closed for good; null: these figures are those of the ledger now. */
  readonly closedMs: number | null
  /** The day's archive. */
  readonly backup: string | null
}

/** Files and records of a month by day and state. */
export interface MonthFigures {
  readonly pipeline: string
  readonly month: string
  readonly timezone: string
  readonly takenMs: number
  readonly days: readonly MonthDay[]
  /**
   * Sums over the days. A file that failed on one day and was loaded on another counts on both, each time in its state; records
   * are counted once, for only what is loaded has any.
   */
  readonly files: FileFigures
  readonly rows: RowCounts
  readonly replays: MonthDay['replays']
}

/**
 * The figures of one month: days that were closed as they were told then (also when their details are gone), the others as the
 * ledger has them now. @throws {CauceError} LEDGER_FAILED
 */
export async function monthFigures(ledger: Ledger, request: MonthRequest): Promise<MonthFigures> {
  const { pipeline, month, timezone, nowMs } = request
  const days = daysOfMonth(month)
  const [first = '', last = ''] = [days[0], days.at(-1)]
  const closes = new Map(
    (await listDayCloses(ledger, { pipeline, fromDay: first, untilDay: dayAfter(last) })).map((close) => [
      close.day,
      close,
    ]),
  )
  const live = await liveDays(ledger, request)
  const told = days.flatMap((day): readonly MonthDay[] => {
    const close = closes.get(day)
    if (close !== undefined && close.closedMs >= close.figures.untilMs) {
      const { files, rows, replays } = close.figures
      return [{ day, files, rows, replays, closedMs: close.closedMs, backup: close.backup }]
    }
    const now = live.get(day)
    return now === undefined ? [] : [{ ...now, day, closedMs: null, backup: close?.backup ?? null }]
  })
  const states = told.flatMap(({ files }) => Object.entries(files.byState) as [ItemState, number][])
  return {
    pipeline,
    month,
    timezone,
    takenMs: nowMs,
    days: told,
    files: fileFigures(states.map(([state, items]) => ({ state, items }))),
    rows: addRows(told.map(({ rows }) => rows)),
    replays: {
      items: told.reduce((total, { replays }) => total + replays.items, 0),
      rows: addRows(told.map(({ replays }) => replays.rows)),
    },
  }
}

type LiveDay = Pick<MonthDay, 'files' | 'rows' | 'replays'>

/** One walk over the month's items, whatever the number of its days; a day without items is absent. */
async function liveDays(
  ledger: Ledger,
  { pipeline, month, timezone }: MonthRequest,
): Promise<ReadonlyMap<string, LiveDay>> {
  const { fromMs, untilMs } = monthBounds(month, timezone)
  const days = daysOfMonth(month).map((day) => ({ day, untilMs: dayBounds(day, timezone).untilMs }))
  const groups = await readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('pipeline', '=', pipeline)
      .where('finishedMs', '>=', fromMs)
      .where('finishedMs', '<', untilMs)
      .select((eb) => {
        const [one, ...others] = days
        let choice = eb
          .case()
          .when('finishedMs', '<', one?.untilMs ?? untilMs)
          .then(one?.day ?? '')
        for (const other of others) choice = choice.when('finishedMs', '<', other.untilMs).then(other.day)
        return choice.else('').end().as('day')
      })
      .select(['kind', 'state'])
      .select(sumOfCounts)
      .groupBy(['day', 'kind', 'state'])
      .execute(),
  )
  return new Map(
    days.flatMap(({ day }) => {
      const own = groups.filter((group) => group.day === day)
      if (own.length === 0) return []
      const files = own.filter(({ kind }) => kind !== 'replay')
      const replays = own.filter(({ kind }) => kind === 'replay')
      const items = replays.reduce((total, group) => total + group.items, 0)
      return [
        [
          day,
          {
            files: fileFigures(files),
            rows: addRows(files),
            replays: { items, rows: addRows(replays) },
          },
        ] as const,
      ]
    }),
  )
}
