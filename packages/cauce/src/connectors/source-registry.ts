import { CauceError } from '../model/cauce-error.ts'
import type { OpenSource, Source, SourceSurroundings } from './source.ts'

/** Every source connector by the scheme of its URLs. Lazy, so an unused one and its driver cost no start-up time. */
const sources: Readonly<Record<string, () => Promise<OpenSource>>> = {
  file: async () => (await import('./files/source.ts')).openFilesSource,
  s3: async () => (await import('./s3/source.ts')).openS3Source,
  sftp: async () => (await import('./sftp/source.ts')).openSftpSource,
}

/**
 * Opens the source a URL names; without a scheme it is a folder. Nothing is connected yet.
 * @throws {CauceError} CONFIG_INVALID for an unknown scheme or a wrong URL, DRIVER_MISSING
 */
export async function openSource(url: string, surroundings: SourceSurroundings = {}): Promise<Source> {
  const scheme = schemeOf(url)
  const connector = Object.hasOwn(sources, scheme) ? sources[scheme] : undefined
  if (connector === undefined)
    throw new CauceError('CONFIG_INVALID', {
      where: `source ${scheme}:…`,
      detail: `no connector reads ${scheme}: URLs; known are ${knownSchemes()}`,
    })
  const open = await connector()
  return open(url, surroundings)
}

/** Two letters or more: `C:\data` is a folder. */
function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase() ?? 'file'
}

function knownSchemes(): string {
  return `folders (/path or file:///path) and ${Object.keys(sources)
    .filter((scheme) => scheme !== 'file')
    .map((scheme) => `${scheme}://`)
    .join(', ')}`
}
