import type { FileHandle } from 'node:fs/promises'
import { CanonicalWriter } from './canonical-writer.ts'
import type { Census } from './census.ts'
import type { Encoding } from './encoding.ts'
import { RecordScanner, type Marks } from './record-scanner.ts'
import { RecordWalk, type WalkHooks } from './record-walk.ts'
import { UnitDecoder } from './unit-decoder.ts'
import { UnitWindow } from './unit-window.ts'

export interface RewriteTask {
  readonly file: FileHandle
  readonly target: FileHandle
  readonly sizeBytes: number
  readonly encoding: Encoding
  readonly marks: Marks
  readonly maxRecordBytes: number
  readonly census: Census
  /** Whether any record may hold NUL or units that mean nothing, so that each must be looked at. */
  readonly suspect: boolean
  readonly hooks: WalkHooks
}

/**
 * Rewrites the data records of a file as canonical CSV. A record with more fields than agreed keeps one of the surplus: enough
 * to be seen as too wide.
 *
 * Effects: writes `target` from its start. Memory: as the census, plus one batch.
 *
 * @returns how many records carry a flag, and the longest record written, in bytes, rounded up.
 */
export async function rewrite(
  task: RewriteTask,
): Promise<{ readonly flaggedRecords: number; readonly longestRecordBytes: number }> {
  const { encoding, marks, census } = task
  const decoder = new UnitDecoder(encoding)
  const writer = new CanonicalWriter(task.target, encoding, marks, decoder)
  const walk = new RecordWalk(
    new UnitWindow(task.file, encoding, task.sizeBytes, census.data.offset),
    task.hooks,
  )
  walk.line = census.data.line
  const scanner = new RecordScanner(marks, {
    agreedWidth: census.agreedWidth,
    maxRecordUnits: Math.floor(task.maxRecordBytes / encoding.unitBytes),
    keptFields: census.agreedWidth + 1,
  })
  await walk.window.slide(0)
  await walk.walk(scanner, {
    visit: (kind, start) => {
      if (kind === 'record') writer.add(walk.window.units, start, scanner, task.suspect)
      return true
    },
    passed: () => writer.flush(),
  })
  await writer.flush()
  return { flaggedRecords: writer.flaggedRecords, longestRecordBytes: writer.longestRecordBytes }
}
