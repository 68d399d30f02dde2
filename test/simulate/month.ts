import type { MissedPolicy, SchedulePlan } from '../../packages/cauce/src/model/plan.ts'
import { listFirings } from '../../packages/cauce/src/ledger/list-firings.ts'
import type { Ledger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { listRuns } from '../../packages/cauce/src/ledger/list-runs.ts'
import { recordPlan } from '../../packages/cauce/src/ledger/record-plan.ts'
import { planOf } from '../../packages/cauce/src/ledger/scratch-ledger.test-kit.ts'
import { SeededRandom } from '../../packages/cauce/src/ledger/seeded-random.test-kit.ts'
import type { FiringRow, RunRow } from '../../packages/cauce/src/ledger/tables.ts'
import { dueByTheWall } from './due-by-the-wall.ts'
import {
  declareSchedules,
  type Look,
  MonthDispatcher,
  type MonthPipeline,
  type MonthWorld,
} from './month-dispatcher.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export const POLICIES = ['skip', 'once', 'all'] as const satisfies readonly MissedPolicy[]
/** The nightly pipeline with this policy, and the one that goes after it. */
export const nightlyOf = (missed: MissedPolicy): string => `nightly_${missed}`
export const followerOf = (missed: MissedPolicy): string => `after_${missed}`

export interface MonthRequest {
  readonly ledger: Ledger
  readonly seed: number
  readonly timezone: string
  /** Time of day, `02:30`. */
  readonly time: string
  /** ISO date of its first day; it lasts 31. */
  readonly firstDay: string
  /** Whether clocks of dispatchers jump, forward by days and back. */
  readonly clocksJump: boolean
}

/** What became of a month. */
export interface MonthReport {
  /** Every moment at which the nightly pipelines should have run. */
  readonly due: readonly number[]
  readonly firings: readonly FiringRow[]
  readonly runs: readonly RunRow[]
  readonly ended: readonly number[]
  readonly looks: readonly Look[]
  readonly untilMs: number
}

/**
 * Lives through a month of nightly pipelines, one for each policy, with four dispatchers that are killed anywhere, stand still,
 * and are all away for hours or days; then lets things calm down.
 */
export async function liveThroughMonth(request: MonthRequest): Promise<MonthReport> {
  const { ledger, timezone, time, firstDay, seed } = request
  const random = new SeededRandom(seed)
  const fromMs = Date.parse(firstDay)
  const untilMs = fromMs + 31 * DAY_MS
  const due = dueByTheWall(timezone, time, fromMs, untilMs)
  await recordPlan(ledger, { plan: planOf({ pipeline: 'month', hash: 'h1' }), nowMs: fromMs })
  const pipelines = POLICIES.flatMap((missed) => pipelinesOf(missed, timezone, time))
  const world: MonthWorld = {
    ledger,
    pipelines,
    fences: new Map(),
    ended: [],
    openRuns: new Set(),
    looks: [],
  }
  const dispatchers = [-2_000, 0, 700, 1_900].map(
    (skewMs, index) => new MonthDispatcher(world, `host${index}`, skewMs),
  )
  // Moments count from the first time a schedule is declared.
  await declareSchedules(world, fromMs)
  let nowMs = fromMs
  while (nowMs < untilMs) {
    nowMs += stepMs(random, nowMs, due)
    makeTrouble(random, nowMs, dispatchers, request.clocksJump && nowMs > fromMs + 4 * DAY_MS)
    const looking = dispatchers.filter(() => random.happens(40))
    await Promise.all(looking.map(async (one) => one.tick(nowMs, fork(random), 4)))
  }
  await calmDown(world, dispatchers, nowMs, random)
  const [firings, runs] = [await listFirings(ledger), await listRuns(ledger)]
  return { due, firings, runs, ended: world.ended, looks: world.looks, untilMs }
}

function pipelinesOf(missed: MissedPolicy, timezone: string, time: string): readonly MonthPipeline[] {
  const [hour, minute] = time.split(':').map(Number)
  const nightly: SchedulePlan = { kind: 'cron', expression: `${minute} ${hour} * * *`, timezone, missed }
  // Nothing is skipped for something that is still going: what is fired must be carried out.
  return [
    { name: nightlyOf(missed), spec: nightly, overlap: 'queue' },
    {
      name: followerOf(missed),
      spec: { kind: 'after', pipeline: nightlyOf(missed), on: 'done' },
      overlap: 'queue',
    },
  ]
}

/** Seconds or minutes around a moment that is due, up to an hour and a half elsewhere. */
function stepMs(random: SeededRandom, nowMs: number, due: readonly number[]): number {
  const isNear = due.some((ms) => ms > nowMs - 10 * MINUTE_MS && ms < nowMs + 30 * MINUTE_MS)
  return isNear ? random.between(1_000, 3 * MINUTE_MS) : random.between(1_000, 90 * MINUTE_MS)
}

function makeTrouble(
  random: SeededRandom,
  nowMs: number,
  dispatchers: readonly MonthDispatcher[],
  clocksJump: boolean,
): void {
  if (random.whole(1_000) < 6) {
    const untilMs = nowMs + random.between(1, 70 * 60) * MINUTE_MS
    for (const one of dispatchers) one.stopUntil(untilMs)
  }
  for (const one of dispatchers) {
    if (random.happens(2)) one.stopUntil(nowMs + random.between(1, 180) * MINUTE_MS)
    if (clocksJump && random.whole(1_000) < 4)
      one.jumpUntil(nowMs + random.between(1, 480) * MINUTE_MS, random.between(-30 * 60, 80 * 60) * MINUTE_MS)
  }
}

/** Everybody is there with a right clock, until nothing waits. */
async function calmDown(
  world: MonthWorld,
  dispatchers: readonly MonthDispatcher[],
  sinceMs: number,
  random: SeededRandom,
): Promise<void> {
  // Longer than any stop and any jump lasts.
  let nowMs = sinceMs + 4 * DAY_MS
  const isCalm = async (): Promise<boolean> =>
    world.openRuns.size === 0 &&
    (await listFirings(world.ledger, { states: ['waiting', 'started'], limit: 1 })).length === 0
  // What the last run that closed leads to is only seen at the next looks.
  for (let looks = 0, calm = 0; calm < 3; looks++) {
    if (looks > 1_000) throw new Error('it does not calm down')
    calm = (await isCalm()) ? calm + 1 : 0
    nowMs += 20_000
    for (const one of dispatchers) await one.tick(nowMs, fork(random), 0)
  }
}

/** Chance of its own for each dispatcher, whichever of them draws first. */
function fork(random: SeededRandom): SeededRandom {
  return new SeededRandom(random.whole(2 ** 31))
}
