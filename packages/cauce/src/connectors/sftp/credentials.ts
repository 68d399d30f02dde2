import { readFile } from 'node:fs/promises'
import type { ConnectConfig } from 'ssh2'
import { CauceError } from '../../model/cauce-error.ts'
import type { SftpLocation } from './location.ts'

/** What is offered to the server, and how to name that to people. */
export interface Credentials {
  readonly config: Pick<
    ConnectConfig,
    'username' | 'password' | 'tryKeyboard' | 'privateKey' | 'passphrase' | 'agent'
  >
  readonly description: string
}

/** The password and key of the URL; with neither, the ssh agent. @throws {CauceError} CONFIG_INVALID, SOURCE_ACCESS */
export async function credentials(location: SftpLocation, agent: string | undefined): Promise<Credentials> {
  const { user, password, keyPath, passphrase, displayUrl } = location
  const offered: string[] = []
  const config: Credentials['config'] = { username: user }
  if (keyPath !== undefined) {
    config.privateKey = await readKey(keyPath, displayUrl)
    if (passphrase !== undefined) config.passphrase = passphrase
    offered.push(`the key ${keyPath}`)
  }
  if (password !== undefined) {
    // Many servers ask for the password by the keyboard-interactive method only.
    Object.assign(config, { password, tryKeyboard: true })
    offered.push('the password')
  }
  if (offered.length === 0) {
    if (agent === undefined || agent === '')
      throw new CauceError('CONFIG_INVALID', {
        where: `source ${displayUrl}`,
        detail:
          'there is no way to log in: give a password in the URL, ?key=/path/to/key, or run an ssh agent (SSH_AUTH_SOCK)',
      })
    config.agent = agent
    offered.push('any key of the ssh agent')
  }
  return { config, description: `${offered.join(' or ')} for user ${user}` }
}

async function readKey(path: string, displayUrl: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'EACCES' || code === 'EPERM')
      throw new CauceError(
        'SOURCE_ACCESS',
        { url: displayUrl, detail: `no permission to read the key ${path}` },
        { cause: error },
      )
    throw new CauceError(
      'CONFIG_INVALID',
      { where: `source ${displayUrl}`, detail: `the key ${path} cannot be read (${code})` },
      { cause: error },
    )
  }
}
