import type { SchedulePlan } from '../model/plan.ts'
import type { NextMoment } from './sync-schedules.ts'

/** A moment this long past is still on time: a dispatcher that restarts, or a machine that was busy, misses nothing. */
export const ON_TIME_MS = 5 * 60_000

export interface DueFiring {
  readonly dueMs: number
  readonly cause: 'schedule' | 'missed'
  /** `skipped`: it only tells that these moments passed. */
  readonly state: 'waiting' | 'skipped'
  readonly reason: string | null
}

/** What a schedule owes, and where it stands afterwards. */
export interface DueResult {
  readonly firings: readonly DueFiring[]
  readonly nextMs: number | null
  readonly lastMs: number
}

/**
 * The firings owed by a schedule whose next moment `firstMs` has come, at most `limit`; the rest of `missed: 'all'` is owed still.
 * Pure. Takes few steps however long ago the first was.
 */
export function dueFirings(
  spec: SchedulePlan,
  request: {
    readonly firstMs: number
    readonly nowMs: number
    readonly next: NextMoment
    readonly limit: number
  },
): DueResult {
  const { firstMs, nowMs, next } = request
  if ('missed' in spec && spec.missed === 'all') return eachMoment(spec, request)
  const lastMs = latestMoment(spec, firstMs, nowMs, next)
  const nextMs = next(spec, lastMs) ?? null
  const isOnTime = nowMs - lastMs <= ON_TIME_MS
  const several = firstMs < lastMs
  if ('missed' in spec && spec.missed === 'skip') {
    const lastMissedMs = isOnTime ? latestMoment(spec, firstMs, lastMs - 1, next) : lastMs
    const missed = isOnTime && !several ? [] : [skipped(firstMs, lastMissedMs)]
    const onTime = isOnTime ? [fired(lastMs, nowMs, null)] : []
    return { firings: [...missed, ...onTime], nextMs, lastMs }
  }
  const reason = several ? `stands for all moments missed since ${isoOf(firstMs)}` : null
  return { firings: [fired(lastMs, nowMs, reason)], nextMs, lastMs }
}

function eachMoment(
  spec: SchedulePlan,
  { firstMs, nowMs, next, limit }: Parameters<typeof dueFirings>[1],
): DueResult {
  const firings: DueFiring[] = []
  let lastMs = firstMs
  let nextMs: number | undefined = firstMs
  while (nextMs !== undefined && nextMs <= nowMs && firings.length < limit) {
    lastMs = nextMs
    nextMs = next(spec, lastMs)
    // One that is made together with the next was missed, however short the time.
    const isLast = nextMs === undefined || nextMs > nowMs
    firings.push(isLast ? fired(lastMs, nowMs, null) : { ...fired(lastMs, nowMs, null), cause: 'missed' })
  }
  return { firings, nextMs: nextMs ?? null, lastMs }
}

/** The last moment not after `untilMs`, where `fromMs` is one. Halves what is left: a month of seconds takes 32 steps. */
function latestMoment(spec: SchedulePlan, fromMs: number, untilMs: number, next: NextMoment): number {
  let latest = fromMs
  let end = untilMs
  while (latest < end) {
    const following = next(spec, latest)
    if (following === undefined || following > end) return latest
    latest = following
    const middle = latest + Math.floor((end - latest) / 2)
    const jump = next(spec, middle)
    if (jump === undefined || jump > end) end = middle
    else latest = jump
  }
  return latest
}

function fired(dueMs: number, nowMs: number, reason: string | null): DueFiring {
  return { dueMs, cause: nowMs - dueMs <= ON_TIME_MS ? 'schedule' : 'missed', state: 'waiting', reason }
}

function skipped(firstMs: number, lastMs: number): DueFiring {
  const reason = firstMs === lastMs ? 'missed' : `missed, like all moments since ${isoOf(firstMs)}`
  return { dueMs: lastMs, cause: 'missed', state: 'skipped', reason }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
