import { execFileSync } from 'node:child_process'
import { buffer } from 'node:stream/consumers'
import { openPromise } from 'yauzl'
import type { DayManifest } from '../../model/day-manifest.ts'

/** Everything in an archive, by name, read by another program than the one that wrote it, and its manifest. */
export async function readZip(
  path: string,
): Promise<{ readonly files: ReadonlyMap<string, Buffer>; readonly manifest: DayManifest }> {
  // Checks every checksum; whoever opens the archive years from now has no Cauce.
  execFileSync('unzip', ['-tqq', path])
  const files = new Map<string, Buffer>()
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false })
  try {
    for await (const entry of zip.eachEntry())
      files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)))
  } finally {
    zip.close()
  }
  const manifest = JSON.parse(String(files.get('MANIFEST.json'))) as DayManifest
  files.delete('MANIFEST.json')
  return { files, manifest }
}
