import { alertsTick, endAlertWatch, watchAlerts } from '../alerts/alerts-tick.ts'
import { declaredAlerts } from '../alerts/declared-alerts.ts'
import type { DispatcherBesides } from '../dispatch/dispatcher-request.ts'
import { resolveChannels } from '../plan/alerts/resolve-channels.ts'
import { DayKeeper } from './day-keeper.ts'
import { rejectedRowsOf } from './rejected-rows-of.ts'
import type { StandFacts, StandUpRequest } from './stand-up.ts'

/** Messages on their way may take this long at the end. */
const DELIVERY_GRACE_MS = 5_000

/** What a dispatcher does besides dispatching: alerts, and the close of days. */
export function besideDispatcher(
  { project, clock, watcher }: StandUpRequest,
  { ledger, pipelines }: StandFacts,
): DispatcherBesides & AsyncDisposable {
  const plan = declaredAlerts(project)
  const alerts = watchAlerts({
    ledger,
    plan,
    channels: resolveChannels(plan.channels, project.surroundings),
    clock,
    homeFolder: project.home.folder,
    rowsOf: rejectedRowsOf({ ledger, home: project.home, trouble: watcher.trouble }),
    emit: watcher.alert,
  })
  const days = new DayKeeper({
    ledger,
    home: project.home,
    pipelines,
    clock,
    keep: project.keep,
    closed: watcher.closedDay,
    cleaned: watcher.cleaned,
    trouble: watcher.trouble,
  })
  return {
    // oxlint-disable-next-line typescript/require-await -- days are closed beside
    runClosed: async ({ plan: { pipeline: name } }) => {
      const pipeline = pipelines.find((one) => one.name === name)
      if (pipeline !== undefined) days.runClosed(pipeline)
    },
    everyTick: async (nowMs) => {
      days.tick(nowMs)
      await alertsTick(alerts)
    },
    [Symbol.asyncDispose]: async () => {
      await days[Symbol.asyncDispose]()
      await endAlertWatch(alerts, DELIVERY_GRACE_MS)
    },
  }
}
