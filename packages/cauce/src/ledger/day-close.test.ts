import { describe, expect, test } from 'vitest'
import { findDayClose, isClosedForGood, listDayCloses, recordDayClose } from './day-close.ts'
import { dayFigures, type DayFigures } from './day-figures.ts'
import { monthFigures } from './month-figures.ts'
import { type ScratchLedger, scratchLedger } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import { unclosedDays } from './unclosed-days.ts'

const at = (moment: string): number => Date.parse(`${moment}Z`)

async function figuresOf({ ledger }: ScratchLedger, day: string): Promise<DayFigures> {
  return dayFigures(ledger, { pipeline: 'visits', day, timezone: 'UTC', nowMs: at(`${day}T12:00`) })
}

async function endOn(scratch: ScratchLedger, key: string, nowMs: number): Promise<void> {
  const [item] = await scratch.record([key], { nowMs })
  const [claim] = await scratch.claim({ only: [item?.id ?? 0], nowMs })
  await settleItem(scratch.ledger, { id: claim?.id ?? 0, epoch: claim?.epoch ?? 0, state: 'ready', nowMs })
}

async function close(scratch: ScratchLedger, day: string, closedMs: number): Promise<void> {
  await recordDayClose(scratch.ledger, {
    pipeline: 'visits',
    day,
    closedMs,
    figures: await figuresOf(scratch, day),
  })
}

describe('a day that is closed', () => {
  test('comes back as it was recorded; closed again, it keeps the archive it had', async () => {
    const scratch = await scratchLedger()
    const day = '2026-11-24'
    expect(await findDayClose(scratch.ledger, { pipeline: 'visits', day })).toBeUndefined()
    const figures = await figuresOf(scratch, day)
    const archive = { path: '/b/backup_20261124.zip', sha256: 'ab' }
    const request = { pipeline: 'visits', day, figures }
    await recordDayClose(scratch.ledger, { ...request, closedMs: at(`${day}T12:00`), archive })
    await recordDayClose(scratch.ledger, { ...request, closedMs: at('2026-11-25T00:00') })
    const found = await findDayClose(scratch.ledger, { pipeline: 'visits', day })
    expect(found).toEqual({
      ...request,
      closedMs: at('2026-11-25T00:00'),
      backup: archive.path,
      backupSha256: 'ab',
    })
    expect(found && isClosedForGood(found)).toBe(true)
    expect(await listDayCloses(scratch.ledger, { pipeline: 'visits', fromDay: day, untilDay: day })).toEqual(
      [],
    )
  })

  test('is not closed when its archive could not be put in place, and says why', async () => {
    const scratch = await scratchLedger()
    const day = '2026-11-24'
    const refusal = new Error('somebody else was first')
    const closing = recordDayClose(scratch.ledger, {
      pipeline: 'visits',
      day,
      closedMs: 1,
      figures: await figuresOf(scratch, day),
      archive: { path: '/b', sha256: 'ab' },
      publish: async () => {
        throw refusal
      },
    })
    await expect(closing).rejects.toBe(refusal)
    expect(await findDayClose(scratch.ledger, { pipeline: 'visits', day })).toBeUndefined()
  })

  test('is closed by one at a time', async () => {
    const scratch = await scratchLedger()
    const day = '2026-11-24'
    const figures = await figuresOf(scratch, day)
    let [inside, most] = [0, 0]
    const publish = async (): Promise<void> => {
      inside++
      most = Math.max(most, inside)
      await new Promise((resolve) => setTimeout(resolve, 20))
      inside--
    }
    await Promise.all(
      Array.from({ length: 5 }, async (_, closedMs) =>
        recordDayClose(scratch.ledger, { pipeline: 'visits', day, closedMs, figures, publish }),
      ),
    )
    expect(most).toBe(1)
  })

  test('tells the month its figures of then, once it is over', async () => {
    const scratch = await scratchLedger()
    const month = async (): Promise<unknown> => {
      const request = { pipeline: 'visits', month: '2026-11', timezone: 'UTC', nowMs: 1 }
      return (await monthFigures(scratch.ledger, request)).days
    }
    await endOn(scratch, 'a', at('2026-11-24T08:00'))
    await close(scratch, '2026-11-24', at('2026-11-24T12:00'))
    expect(await month()).toMatchObject([{ day: '2026-11-24', closedMs: null, files: { total: 1 } }])
    await close(scratch, '2026-11-24', at('2026-11-25T00:00'))
    await scratch.ledger.db
      .updateTable('item')
      .set({ finishedMs: at('2026-11-26T08:00') })
      .execute()
    expect(await month()).toMatchObject([
      { day: '2026-11-24', closedMs: at('2026-11-25T00:00'), files: { total: 1 } },
      { day: '2026-11-26', closedMs: null, files: { total: 1 } },
    ])
  })
})

describe('days that wait to be closed', () => {
  const unclosed = async ({ ledger }: ScratchLedger, now: string): Promise<readonly string[]> =>
    unclosedDays(ledger, { pipeline: 'visits', timezone: 'UTC', nowMs: at(now) })

  test('are those before today on which something ended or ran, the oldest first', async () => {
    const scratch = await scratchLedger()
    await scratch.ledger.db
      .updateTable('run')
      .set({ startedMs: at('2026-11-21T02:00') as never })
      .execute()
    await endOn(scratch, 'a', at('2026-11-23T08:00'))
    await endOn(scratch, 'b', at('2026-11-25T08:00'))
    await endOn(scratch, 'old', at('2025-11-25T08:00'))
    expect(await unclosed(scratch, '2026-11-25T09:00')).toEqual(['2026-11-21', '2026-11-23'])
    expect(await unclosed(scratch, '2026-11-26T00:00')).toEqual(['2026-11-21', '2026-11-23', '2026-11-25'])
  })

  test('are closed only when that was after their end, and again when more ended on them', async () => {
    const scratch = await scratchLedger()
    await endOn(scratch, 'a', at('2026-11-23T08:00'))
    await endOn(scratch, 'b', at('2026-11-24T08:00'))
    await close(scratch, '2026-11-23', at('2026-11-23T09:00'))
    await close(scratch, '2026-11-24', at('2026-11-25T00:00'))
    expect(await unclosed(scratch, '2026-11-25T00:01')).toEqual(['2026-11-23'])
    await endOn(scratch, 'late', at('2026-11-24T23:59'))
    expect(await unclosed(scratch, '2026-11-25T00:01')).toEqual(['2026-11-23', '2026-11-24'])
  })
})
