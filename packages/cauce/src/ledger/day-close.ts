import type { DayFigures } from './day-figures.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import type { DayCloseRow } from './tables.ts'

/** A day as it was closed; it may be closed again while it lasts. */
export interface DayClose {
  readonly pipeline: string
  readonly day: string
  readonly closedMs: number
  /** As they were told then: they stay when details are gone. */
  readonly figures: DayFigures
  /** Path of the day's archive, and its hash. */
  readonly backup: string | null
  readonly backupSha256: string | null
}

export interface RecordDayCloseRequest {
  readonly pipeline: string
  readonly day: string
  readonly closedMs: number
  readonly figures: DayFigures
  /** The day's archive, when it has one; absent: what was recorded of it stays. */
  readonly archive?: { readonly path: string; readonly sha256: string } | undefined
  /**
   * Called while no other process can close this day, before anything is written; puts the archive in its place. What it throws
   * undoes the whole call. It may be called again after a wait for the ledger, and must then find its own work done.
   */
  readonly publish?: (() => Promise<void>) | undefined
}

/** Whether a day was closed after it was over: nothing more can happen on it. */
export function isClosedForGood({ closedMs, figures }: DayClose): boolean {
  return closedMs >= figures.untilMs
}

/** How a day was closed last; undefined: never. */
export async function findDayClose(
  ledger: Ledger,
  { pipeline, day }: { readonly pipeline: string; readonly day: string },
): Promise<DayClose | undefined> {
  const row = await readLedger(ledger, (db) =>
    db
      .selectFrom('dayClose')
      .where('pipeline', '=', pipeline)
      .where('day', '=', day)
      .selectAll()
      .executeTakeFirst(),
  )
  return row && toDayClose(row)
}

/** The closed days from one day up to, and without, another, in order. */
export async function listDayCloses(
  ledger: Ledger,
  request: { readonly pipeline: string; readonly fromDay: string; readonly untilDay: string },
): Promise<readonly DayClose[]> {
  const rows = await readLedger(ledger, (db) =>
    db
      .selectFrom('dayClose')
      .where('pipeline', '=', request.pipeline)
      .where('day', '>=', request.fromDay)
      .where('day', '<', request.untilDay)
      .orderBy('day')
      .selectAll()
      .execute(),
  )
  return rows.map(toDayClose)
}

/**
 * Records how a day was closed. Processes that close the same day do so one after the other, whatever machine they run on: the
 * day's row is locked from before `publish` to the end.
 * @throws {CauceError} LEDGER_FAILED, DISK_FULL; and what `publish` throws
 */
export async function recordDayClose(ledger: Ledger, request: RecordDayCloseRequest): Promise<void> {
  const { pipeline, day, closedMs, figures, archive, publish } = request
  const report = JSON.stringify(figures)
  let refusal: unknown
  const publishing = async (): Promise<void> => {
    try {
      await publish?.()
    } catch (error) {
      // The ledger would take it for an error of its own.
      refusal = error
      throw error
    }
  }
  const writing = writeLedger(ledger, async (transaction) => {
    // An update that changes nothing takes the row's lock in every engine.
    await transaction
      .insertInto('dayClose')
      .values({ pipeline, day, closedMs, report, backup: null, backupSha256: null })
      .onConflict((conflict) =>
        conflict
          .columns(['pipeline', 'day'])
          .doUpdateSet((eb) => ({ closedMs: eb.ref('dayClose.closedMs') })),
      )
      .execute()
    await publishing()
    await transaction
      .updateTable('dayClose')
      .set({
        closedMs,
        report,
        ...(archive !== undefined && { backup: archive.path, backupSha256: archive.sha256 }),
      })
      .where('pipeline', '=', pipeline)
      .where('day', '=', day)
      .execute()
  })
  await writing.catch((error: unknown) => {
    throw refusal ?? error
  })
}

function toDayClose(row: DayCloseRow): DayClose {
  const { report, ...close } = row
  return { ...close, figures: JSON.parse(report) as DayFigures }
}
