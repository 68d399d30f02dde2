import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import { failpoint } from '../model/failpoint.ts'
import type { Fetched, Source, SourceEntry } from '../connectors/source.ts'
import type { Stagehand } from './stagehand.ts'

/** Its name in the spool folder of an attempt. */
export const SPOOLED_ORIGINAL = 'original'

/** An original in the spool, proven whole. */
export interface Extracted extends Fetched {
  readonly path: string
}

/**
 * Brings an item's bytes to the spool (the source mends broken transfers by itself). The file there has a fixed name: names
 * from outside never become paths.
 * @returns undefined when the file is gone from the source
 */
export async function extract(
  source: Source,
  entry: SourceEntry,
  spoolFolder: string,
  hand: Stagehand,
): Promise<Extracted | undefined> {
  const path = join(spoolFolder, SPOOLED_ORIGINAL)
  const current = await source.stat(entry.key)
  if (current === undefined) return undefined
  const isOther = entry.version !== undefined && current.version !== entry.version
  if (isOther || current.sizeBytes !== entry.sizeBytes || current.modifiedMs !== entry.modifiedMs)
    throw new CauceError('SOURCE_CHANGED', {
      file: entry.key,
      detail: 'version, size or time differ from when it was discovered',
    })
  const fetched = await source.fetch({
    entry,
    toPath: path,
    onBytes: (bytes) => {
      hand.progress('extract', { bytes })
      if (bytes >= entry.sizeBytes / 2) failpoint('extract:half-way')
    },
    signal: hand.signal,
  })
  return { ...fetched, path }
}
