import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { CauceError } from '../../model/cauce-error.ts'

/** A source's folder and the files in it. */
export interface CopySource {
  readonly location: string
  readonly pattern: string
}

const SCHEME = /^[a-z][a-z0-9+.-]+:\/\//i

/** Characters that make a part of a path a pattern. */
const PATTERN = /[*?[{]/

/**
 * Reads where to copy from: a folder (all files below it), one file, or a pattern such as `s3://bucket/x/*.csv`. Options of an
 * address (`?endpoint=…`) go with its folder.
 * @throws {CauceError} CONFIG_INVALID for a local path that is neither a pattern nor there
 */
export async function copySource(from: string, currentFolder: string): Promise<CopySource> {
  if (!SCHEME.test(from)) return localSource(from, currentFolder)
  // A question mark in an address begins its options; in a pattern write [?].
  const [address = '', ...options] = from.split('?')
  const query = options.length === 0 ? '' : `?${options.join('?')}`
  const scheme = SCHEME.exec(address)?.[0] ?? ''
  const [host = '', ...parts] = address.slice(scheme.length).split('/')
  const { folder, pattern } = divide(parts)
  return { location: `${scheme}${[host, ...folder].join('/')}/${query}`, pattern }
}

async function localSource(from: string, currentFolder: string): Promise<CopySource> {
  const found = await stat(resolve(currentFolder, from)).catch(() => undefined)
  if (found?.isDirectory() === true) return { location: from, pattern: '**/*' }
  if (found?.isFile() === true) return { location: dirname(from), pattern: literally(basename(from)) }
  if (!PATTERN.test(from))
    throw new CauceError('CONFIG_INVALID', {
      where: 'copy',
      detail: `there is no file or folder "${from}"`,
      detalle: `no existe el archivo o la carpeta «${from}»`,
    })
  const { folder, pattern } = divide(from.split('/'))
  return { location: folder.length === 0 ? '.' : folder.join('/') || '/', pattern }
}

/** What comes before the first part that is a pattern is the folder; a last part without one names a single file. */
function divide(parts: readonly string[]): {
  readonly folder: readonly string[]
  readonly pattern: string
} {
  const at = parts.findIndex((part) => PATTERN.test(part))
  if (at >= 0) return { folder: parts.slice(0, at), pattern: parts.slice(at).join('/') }
  const name = parts.at(-1) ?? ''
  return { folder: parts.slice(0, -1), pattern: name === '' ? '**/*' : literally(name) }
}

function literally(name: string): string {
  return name.replace(/[*?[\]{}\\]/g, String.raw`\$&`)
}
