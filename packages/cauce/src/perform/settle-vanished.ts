import { access } from 'node:fs/promises'
import { CauceError } from '../model/cauce-error.ts'
import type { Text } from '../model/language.ts'
import { backupPath } from './back-up.ts'
import { blankOutcome } from './blank-outcome.ts'
import { reportOutcome } from './report-outcome.ts'
import { destinationSeat } from './seat.ts'
import type { Stagehand } from './stagehand.ts'
import type { ItemOutcome, ItemTask } from './task.ts'

/** Of an item whose rows are not in the tables because those of another version are. */
export const SUPERSEDED_NOTE: Text = {
  en: 'a later version stands in its place',
  es: 'una versión posterior está en su lugar',
}

/**
 * The outcome of an item whose original is gone: when an earlier attempt loaded it and died after deleting the original, the
 * load is found in the destination and the item is ready; otherwise it was taken away before it could be loaded.
 */
export async function settleVanished(task: ItemTask, hand: Stagehand): Promise<ItemOutcome> {
  const loaded = await loadedBefore(task, hand, { deleted: task.settings.deleteSource })
  return (
    loaded ?? {
      ...blankOutcome(task),
      error: new CauceError('SOURCE_VANISHED', { file: task.item.entry.key }).report(),
    }
  )
}

/**
 * The outcome of an item whose original is another by now: what an earlier attempt was lost loading may stand in the destination,
 * then it is ready; otherwise these bytes can never be loaded again. Undefined: no attempt ever came so far as to load it.
 */
export async function settleChanged(task: ItemTask, hand: Stagehand): Promise<ItemOutcome | undefined> {
  if (task.known === undefined) return undefined
  const loaded = await loadedBefore(task, hand, { deleted: false })
  return (
    loaded ?? {
      ...blankOutcome(task),
      state: 'superseded',
      notes: [
        {
          en: 'the source shows another version, and no earlier attempt had loaded this one',
          es: 'el origen muestra otra versión, y ningún intento anterior había cargado esta',
        },
      ],
    }
  )
}

/** Asks the destination's guard for what an earlier attempt committed. */
async function loadedBefore(
  task: ItemTask,
  hand: Stagehand,
  { deleted }: { readonly deleted: boolean },
): Promise<ItemOutcome | undefined> {
  const { known, settings } = task
  if (known !== undefined) {
    const destination = await hand.destination(settings.destinationUrl)
    const load = await hand.seated(
      { seat: destinationSeat(task.plan, destination), rest: () => destination.close() },
      () => destination.findLoad(known.loadKey),
    )
    if (load !== undefined)
      return reportOutcome(task, hand, {
        ...blankOutcome(task),
        state: load.counts.rejected > 0 ? 'ready_with_rejects' : 'ready',
        counts: load.counts,
        backup: await keptBackup(task, known.sha256),
        sourceDeletedMs: deleted ? hand.clock.now() : undefined,
        notes: [{ en: 'loaded by an earlier attempt', es: 'cargado por un intento anterior' }],
      })
  }
  return undefined
}

/** The earlier attempt's copy, if it was made on the same day; the original was deleted only after it. */
async function keptBackup(
  { settings, referenceDate }: ItemTask,
  sha256: string,
): Promise<string | undefined> {
  if (settings.backupFolder === undefined) return undefined
  const place = backupPath({ folder: settings.backupFolder, day: referenceDate, sha256 })
  return access(place).then(
    () => place,
    () => undefined,
  )
}
