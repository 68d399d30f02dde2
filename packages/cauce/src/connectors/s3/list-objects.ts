import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import { CauceError } from '../../model/cauce-error.ts'
import { compileGlob, type Glob } from '../compile-glob.ts'
import type { SourceEntry } from '../source.ts'
import { keyRange } from './key-range.ts'
import type { S3Location } from './location.ts'
import { entryFrom } from './object-version.ts'

/** Asks for the page after this token; the first when there is none. */
export type AskPage = (request: {
  readonly Bucket: string
  readonly Prefix: string
  readonly EncodingType: 'url'
  readonly Delimiter?: string
  readonly StartAfter?: string
  readonly ContinuationToken?: string
}) => Promise<ListObjectsV2CommandOutput>

/**
 * Every object whose key fits the pattern, a page of at most a thousand at a time and in the server's order, with the next page
 * asked for while this one is used. Objects whose keys end in `/` are what consoles make for folders: left out.
 *
 * @throws {CauceError} CONFIG_INVALID for the pattern, and whatever `ask` throws
 */
export async function* listObjects(
  pattern: string,
  location: Pick<S3Location, 'bucket' | 'prefix' | 'startAfter' | 'displayUrl'>,
  ask: AskPage,
): AsyncGenerator<readonly SourceEntry[]> {
  const glob = compileGlob(pattern)
  const { prefix, isOneFolder } = keyRange(pattern)
  const request = {
    Bucket: location.bucket,
    Prefix: location.prefix + prefix,
    // Keys may hold characters that XML cannot.
    EncodingType: 'url',
    ...(isOneFolder ? { Delimiter: '/' } : {}),
    ...(location.startAfter === undefined ? {} : { StartAfter: location.prefix + location.startAfter }),
  } as const
  let next: Promise<ListObjectsV2CommandOutput> | undefined = ask(request)
  while (next !== undefined) {
    const page: ListObjectsV2CommandOutput = await next
    const token = page.IsTruncated === true ? page.NextContinuationToken : undefined
    if (page.IsTruncated === true && token === undefined)
      throw new CauceError('SOURCE_UNREACHABLE', {
        url: location.displayUrl,
        detail: 'the server says that there are more objects but not how to ask for them',
        detalle: 'el servidor dice que hay más objetos pero no cómo pedirlos',
      })
    next = token === undefined ? undefined : ask({ ...request, ContinuationToken: token })
    // Awaited in its turn; until then a failure is not unhandled, only not yet looked at.
    next?.catch(() => undefined)
    yield entriesOf(page, location.prefix, glob)
  }
}

function entriesOf(page: ListObjectsV2CommandOutput, prefix: string, glob: Glob): readonly SourceEntry[] {
  const entries: SourceEntry[] = []
  for (const object of page.Contents ?? []) {
    const whole = plainKey(object.Key ?? '')
    const key = whole.slice(prefix.length)
    if (key === '' || key.endsWith('/') || !whole.startsWith(prefix) || !glob.matches(key)) continue
    entries.push(entryFrom(key, object.Size ?? 0, object))
  }
  return entries
}

/** `EncodingType` `url` is that of forms: a plus sign is a blank. */
function plainKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '))
  } catch {
    // A server that does not encode although it was asked to.
    return encoded
  }
}
