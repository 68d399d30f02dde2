import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CauceError } from '../../model/cauce-error.ts'
import type { DayManifest } from '../../model/day-manifest.ts'
import { MANIFEST_NAME } from '../../model/day-manifest.ts'
import { HashCheck } from './hash-check.ts'
import { openArchive, unusable } from '../../perform/open-archive.ts'

/**
 * Reads an archive back from its beginning to its end and proves that it holds what its manifest says, and nothing else.
 * @returns the manifest
 * @throws {CauceError} ARCHIVE_UNUSABLE
 */
export async function verifyArchive(path: string): Promise<DayManifest> {
  using archive = await openArchive(path)
  if (archive === undefined) throw new CauceError('ARCHIVE_UNUSABLE', { path, detail: 'it is gone' })
  try {
    const told = new Set<string>([MANIFEST_NAME])
    for (const { file, sha256, bytes } of archive.manifest.items) {
      if (file === null || sha256 === null || bytes === null) continue
      told.add(file)
      await pipeline(await archive.open(file), new HashCheck({ sha256, bytes }), intoNothing())
    }
    const untold = [...archive.names].find((name) => !told.has(name))
    if (untold !== undefined) throw new Error(`it holds ${untold}, of which its manifest does not tell`)
  } catch (error) {
    throw unusable(path, error)
  }
  return archive.manifest
}

function intoNothing(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}
