import { CauceError } from '../../model/cauce-error.ts'
import { toCauceError } from '../../model/to-cauce-error.ts'

/** The system's short name for an error (`ENOENT`), or an empty text. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Whether the error says that nothing is there any more (or never was). */
export function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCode(error))
}

/** A failure while reading the source's folder or something below it; `what` names the thing for people. */
export function readError(error: unknown, url: string, what: string): CauceError {
  const code = systemCode(error)
  if (code === 'EACCES' || code === 'EPERM')
    return new CauceError(
      'SOURCE_ACCESS',
      { url, detail: `no permission to read ${what} (${code})` },
      { cause: error },
    )
  // What is left is the disk, or the network under a mounted folder.
  return toCauceError(error, {
    code: 'SOURCE_UNREACHABLE',
    details: { url, detail: `${what}: ${messageOf(error)}` },
  })
}

/** A failure while removing a file that was loaded. */
export function deleteError(error: unknown, file: string): CauceError {
  return toCauceError(error, { code: 'SOURCE_DELETE', details: { file, detail: messageOf(error) } })
}

/** The error's code and sentence without Node's repetition of call and path: names come from strangers. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /^[A-Z0-9]+: [^,]+(?=, \w+)/.exec(message)?.[0] ?? message
}
