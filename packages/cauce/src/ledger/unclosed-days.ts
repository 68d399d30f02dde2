import { dayAfter, dayBounds } from '../plan/day-bounds.ts'
import { dateInZone } from '../plan/periods.ts'
import { type DayClose, isClosedForGood, listDayCloses } from './day-close.ts'
import { type Ledger, readLedger } from './ledger-access.ts'

/** Days that are over for longer are left as they are. */
const MOST_DAYS_BACK = 92

const DAY_MS = 86_400_000

/**
 * The days before today on which something ran or ended and that were not closed for good, the oldest first: after a pause of the
 * dispatcher, or a close that failed. Today in the zone is never one of them.
 */
export async function unclosedDays(
  ledger: Ledger,
  request: { readonly pipeline: string; readonly timezone: string; readonly nowMs: number },
): Promise<readonly string[]> {
  const { pipeline, timezone, nowMs } = request
  const today = dateInZone(nowMs, timezone)
  const firstDay = dateInZone(nowMs - MOST_DAYS_BACK * DAY_MS, timezone)
  const closes = await listDayCloses(ledger, { pipeline, fromDay: firstDay, untilDay: today })
  const closed = new Set<string>()
  for (const close of closes)
    if (isClosedForGood(close) && !(await grewSince(ledger, close, nowMs))) closed.add(close.day)
  const untilMs = dayBounds(today, timezone).fromMs
  const days: string[] = []
  for (let fromMs = dayBounds(firstDay, timezone).fromMs; ;) {
    const momentMs = await firstActivity(ledger, { pipeline, fromMs, untilMs })
    if (momentMs === undefined) return days
    let day = dateInZone(momentMs, timezone)
    if (!closed.has(day)) days.push(day)
    // Days that were closed need no look at what happened on them.
    while (closed.has(dayAfter(day))) day = dayAfter(day)
    fromMs = dayBounds(day, timezone).untilMs
  }
}

/**
 * Whether more ended on a closed day than its close knew of: a machine whose clock is behind still settles on a day that is over
 * for us. Looked at for two days only.
 */
async function grewSince(ledger: Ledger, { pipeline, figures }: DayClose, nowMs: number): Promise<boolean> {
  const { fromMs, untilMs, files, replays } = figures
  if (nowMs - untilMs > 2 * DAY_MS) return false
  const { items } = await readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('pipeline', '=', pipeline)
      .where('finishedMs', '>=', fromMs)
      .where('finishedMs', '<', untilMs)
      .select(({ fn }) => fn.countAll<number>().as('items'))
      .executeTakeFirstOrThrow(),
  )
  return items > files.total + replays.items
}

/** When something first ended or began in a stretch of time. */
async function firstActivity(
  ledger: Ledger,
  {
    pipeline,
    fromMs,
    untilMs,
  }: { readonly pipeline: string; readonly fromMs: number; readonly untilMs: number },
): Promise<number | undefined> {
  return readLedger(ledger, async (db) => {
    const item = await db
      .selectFrom('item')
      .where('pipeline', '=', pipeline)
      .where('finishedMs', '>=', fromMs)
      .where('finishedMs', '<', untilMs)
      .orderBy('finishedMs')
      .select('finishedMs as atMs')
      .limit(1)
      .executeTakeFirst()
    const run = await db
      .selectFrom('run')
      .where('pipeline', '=', pipeline)
      .where('startedMs', '>=', fromMs)
      .where('startedMs', '<', untilMs)
      .orderBy('startedMs')
      .select('startedMs as atMs')
      .limit(1)
      .executeTakeFirst()
    const moments = [item?.atMs, run?.atMs].flatMap((ms) => ms ?? [])
    return moments.length === 0 ? undefined : Math.min(...moments)
  })
}
