import { dateInZone } from '../plan/periods.ts'
import { dayBounds } from '../plan/day-bounds.ts'
import { filesOfLoads, type ItemEvidence, replayedCounts, rowsLoadedSince } from '../ledger/alert-evidence.ts'
import { firstRunId } from '../ledger/alert-run-evidence.ts'
import { itemOfSubject, itemSubject } from './item-subject.ts'
import type { Judge, Verdict } from './look.ts'

/** Rows of a day are added up at most so often: each time reads every item of the day. */
const ADD_UP_EVERY_MS = 30_000
/** A run may have begun the day before. */
const LONGEST_RUN_MS = 24 * 3_600_000
/** What nobody mended in a week is no news. */
const EXPIRES_AFTER_MS = 7 * 24 * 3_600_000

const GOOD: readonly string[] = ['ready', 'ready_with_rejects']

/** `rejectRate`, of a file or of a day. */
export const judgeRejects: Judge<'reject_rate'> = async (look, alert, open) =>
  alert.rule.of === 'file' ? judgeFiles(look, alert, open) : judgeDays(look, alert, open)

/** Over once its rejects were mended below the budget; replays of them count. */
const judgeFiles: Judge<'reject_rate'> = async ({ ledger, items, goneItems, nowMs }, alert, open) => {
  const { rule, pipelines } = alert
  const own = items.filter(({ pipeline }) => pipelines.includes(pipeline))
  const origins = own.flatMap(({ kind, originLoadKey }) =>
    kind === 'replay' && originLoadKey !== null ? [originLoadKey] : [],
  )
  const files = new Map<number, ItemEvidence>()
  for (const item of [...own, ...(await filesOfLoads(ledger, origins))])
    if (item.kind === 'file') files.set(item.id, item)
  const isOver = (rejected: number, read: number): boolean =>
    read >= rule.minRows && rejected * 100 > read * rule.overPercent
  const looked = [...files.values()].filter(
    ({ id, rejected, read }) => isOver(rejected, read) || open.has(itemSubject(id)),
  )
  const replayed = await replayedCounts(
    ledger,
    looked.flatMap(({ loadKey }) => (loadKey === null ? [] : [loadKey])),
  )
  const verdicts = looked.flatMap((item): readonly Verdict[] => {
    const { id, key, pipeline, state, read, loadKey } = item
    const subject = itemSubject(id)
    const rejected = item.rejected - (loadKey === null ? 0 : (replayed.get(loadKey) ?? 0))
    if (!GOOD.includes(state) || !isOver(rejected, read))
      return open.has(subject) ? [{ kind: 'ended', subject, end: { how: 'over', state } }] : []
    const { overPercent } = rule
    const details = {
      kind: 'rejects_of_file',
      itemId: id,
      key,
      loadKey,
      read,
      rejected,
      overPercent,
    } as const
    return [{ kind: 'holds', subject, pipeline, details }]
  })
  const judged = new Set(verdicts.map(({ subject }) => subject))
  const rest = [...open].flatMap(([subject, { row }]): readonly Verdict[] => {
    if (judged.has(subject) && row.openedMs > nowMs - EXPIRES_AFTER_MS) return []
    if (goneItems.has(itemOfSubject(subject) ?? 0)) return [{ kind: 'ended', subject, end: { how: 'over' } }]
    return row.openedMs <= nowMs - EXPIRES_AFTER_MS
      ? [{ kind: 'ended', subject, end: { how: 'expired' } }]
      : []
  })
  // What expires is said last, and the last word counts.
  const ended = new Set(rest.map(({ subject }) => subject))
  return [...verdicts.filter(({ subject }) => !ended.has(subject)), ...rest]
}

/** All files of a day together; a new day's verdict takes the place of the last one's as soon as it has rows enough. */
const judgeDays: Judge<'reject_rate'> = async (look, { name, rule, pipelines }, open) => {
  const { ledger, plan, memory, nowMs, isFull, items } = look
  const verdicts: Verdict[] = []
  for (const pipeline of pipelines) {
    const memo = `${name}\n${pipeline}`
    const { atMs, isPending } = memory.addedUp.get(memo) ?? { atMs: 0, isPending: false }
    const hasNews = isPending || items.some((item) => item.pipeline === pipeline && GOOD.includes(item.state))
    const mayAddUp = Math.abs(nowMs - atMs) >= ADD_UP_EVERY_MS
    if (!isFull && !(hasNews && mayAddUp)) {
      memory.addedUp.set(memo, { atMs, isPending: hasNews })
      continue
    }
    const timezone = rule.timezone ?? plan.pipelines[pipeline]?.timezone ?? 'UTC'
    const day = dateInZone(nowMs, timezone)
    const { fromMs } = dayBounds(day, timezone)
    const runsFromId = firstRunId(fromMs - LONGEST_RUN_MS)
    const { files, read, rejected } = await rowsLoadedSince(ledger, { pipeline, fromMs, runsFromId })
    memory.addedUp.set(memo, { atMs: nowMs, isPending: false })
    if (read < rule.minRows) continue
    const subject = `${pipeline} rows`
    if (rejected * 100 > read * rule.overPercent) {
      const { overPercent } = rule
      const details = { kind: 'rejects_of_day', day, timezone, files, read, rejected, overPercent } as const
      verdicts.push({ kind: 'holds', subject, pipeline, details, isMeasured: true })
    } else if (open.has(subject)) verdicts.push({ kind: 'ended', subject, end: { how: 'over' } })
  }
  return verdicts
}
