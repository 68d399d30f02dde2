import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import { toCauceError } from '../model/to-cauce-error.ts'

/** What a request must show, and whether a person chose it. */
export interface ServerToken {
  readonly value: string
  readonly from: 'environment' | 'file'
}

/** 128 bits as people write them; shorter ones could be guessed. */
const LEAST_CHARACTERS = 16
const TOKEN_BYTES = 32

/**
 * The server's token: `CAUCE_TOKEN`, else what the file `token` in the home folder holds, made once (256 random bits, for this
 * user's eyes alone). Several processes that begin at once end up with the same.
 * @throws {CauceError} CONFIG_INVALID: too short or unprintable, or a file that others can read
 */
export async function serverToken(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ServerToken> {
  const given = environment['CAUCE_TOKEN']
  if (given !== undefined && given !== '')
    return { value: checked(given, 'CAUCE_TOKEN'), from: 'environment' }
  const path = join(home, 'token')
  try {
    await mkdir(home, { recursive: true, mode: 0o700 })
    const value = (await known(path)) ?? (await make(path))
    return { value: checked(value, path), from: 'file' }
  } catch (error) {
    throw toCauceError(error, { code: 'CONFIG_INVALID', details: { where: path } })
  }
}

async function known(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path)
    if ((mode & 0o077) !== 0 && process.platform !== 'win32')
      throw new CauceError('CONFIG_INVALID', {
        where: path,
        detail: `other users of this machine may read it; run: chmod 600 ${path}`,
        detalle: `otros usuarios de esta máquina pueden leerlo; ejecute: chmod 600 ${path}`,
      })
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Written whole under another name first: nobody may read half a token. */
async function make(path: string): Promise<string> {
  const value = randomBytes(TOKEN_BYTES).toString('base64url')
  const draft = `${path}.${randomBytes(8).toString('hex')}`
  await writeFile(draft, `${value}\n`, { mode: 0o600, flag: 'wx' })
  try {
    await flush(draft)
    await link(draft, path)
    return value
  } catch (error) {
    const rival = await known(path)
    if (rival === undefined) throw error
    return rival
  } finally {
    await rm(draft, { force: true })
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function checked(value: string, where: string): string {
  if (value.length >= LEAST_CHARACTERS && /^[\x21-\x7e]+$/.test(value)) return value
  throw new CauceError('CONFIG_INVALID', {
    where,
    detail: `a token has at least ${LEAST_CHARACTERS} characters, all of them printable ASCII without blanks`,
    detalle: `un token tiene al menos ${LEAST_CHARACTERS} caracteres, todos ASCII imprimible sin espacios`,
  })
}
