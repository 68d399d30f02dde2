import { isAbsolute, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CauceError } from '../../model/cauce-error.ts'

/**
 * The absolute path of a folder given as a path or a `file:` URL. Relative paths were resolved by the caller, who knows
 * what they are relative to.
 * @throws {CauceError} CONFIG_INVALID
 */
export function filesLocation(url: string): string {
  const path = /^file:/i.test(url) ? pathOfFileUrl(url) : url
  if (!isAbsolute(path)) throw invalid(url, 'must be an absolute path')
  if (path.includes('\0')) throw invalid(url, 'holds a NUL character')
  return posix.normalize(path).replace(/(?<=.)\/+$/, '')
}

function pathOfFileUrl(url: string): string {
  // `new URL` would read `file:./data` as `/data` and drop what follows a bare `?` or `#`.
  if (!/^file:\//i.test(url)) throw invalid(url, 'must be absolute: file:///path/to/folder')
  if (/[?#]/.test(url)) throw invalid(url, 'write ? as %3F and # as %23')
  try {
    return fileURLToPath(url)
  } catch (error) {
    throw invalid(
      url,
      `is not a file on this machine (${error instanceof Error ? error.message : String(error)})`,
    )
  }
}

function invalid(url: string, detail: string): CauceError {
  return new CauceError('CONFIG_INVALID', { where: `source ${url}`, detail })
}
