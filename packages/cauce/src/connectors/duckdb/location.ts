import { realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, normalize } from 'node:path'
import { CauceError } from '../../model/cauce-error.ts'

/** A DuckDB file. */
export interface DuckdbLocation {
  /** Absolute, symlinks resolved: two names of one file must not give it two write-ahead logs. */
  readonly path: string
  /** As people wrote it. */
  readonly displayUrl: string
}

/**
 * Reads `duckdb:/absolute/path.duckdb` (`duckdb:///absolute/path.duckdb` is the same). The path is taken as it stands, without
 * percent-decoding or options. The file need not exist; its folder must.
 * @throws {CauceError} CONFIG_INVALID for another form, a relative path, or a folder that does not exist
 */
export async function duckdbLocation(url: string): Promise<DuckdbLocation> {
  const given = /^duckdb:(.+)$/is.exec(url)?.[1]
  const path = given === undefined ? undefined : normalize(given.replace(/^\/\/(?=\/)/, ''))
  if (path === undefined || !isAbsolute(path) || path.endsWith('/') || path.includes('\0'))
    throw new CauceError('CONFIG_INVALID', {
      where: url,
      detail: 'is not a DuckDB file; write duckdb:/folder/file.duckdb',
    })
  if (path.includes('?'))
    throw new CauceError('CONFIG_INVALID', {
      where: url,
      detail:
        'has a question mark in its path, after which DuckDB looks for options; rename the folder or file',
    })
  return { path: await resolved(path, url), displayUrl: `duckdb:${path}` }
}

async function resolved(path: string, url: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!isMissing(error)) throw refused(error, url)
  }
  try {
    return join(await realpath(dirname(path)), basename(path))
  } catch (error) {
    if (!isMissing(error)) throw refused(error, url)
    throw new CauceError('CONFIG_INVALID', {
      where: url,
      detail: `the folder ${dirname(path)} does not exist; create it`,
    })
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function refused(error: unknown, url: string): CauceError {
  const detail = error instanceof Error ? error.message : String(error)
  return new CauceError('DESTINATION_ACCESS', { url, detail }, { cause: error })
}
