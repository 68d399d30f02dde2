import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { giveTo, type Account } from './account.ts'
import { runProgram } from './run-program.ts'
import type { SftpCoordinates } from './sftp-access.ts'

export interface SshKeys {
  hostKeyPath: string
  /** Type and base64, as in known_hosts. */
  hostKey: string
  authorizedKeysPath: string
  /** For the coordinates. */
  client: Pick<SftpCoordinates, 'privateKeyPath' | 'protectedKey' | 'strangerKeyPath' | 'hostKeyFingerprint'>
}

/** Makes the server's key and the clients' keys in the folder. */
export async function makeSshKeys(
  folder: string,
  account: Account,
  keygen: { program: string; env: NodeJS.ProcessEnv },
): Promise<SshKeys> {
  const make = async (name: string, passphrase = '') => {
    const path = join(folder, name)
    const args = ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', path]
    await runProgram(keygen.program, args, { env: keygen.env })
    return { path, publicLine: (await readFile(`${path}.pub`, 'utf8')).trim() }
  }
  const passphrase = randomBytes(8).toString('hex')
  const [host, client, protectedKey, stranger] = await Promise.all([
    make('host_key'),
    make('client_key'),
    make('protected_key', passphrase),
    make('stranger_key'),
  ])
  const authorizedKeysPath = join(folder, 'authorized_keys')
  await writeFile(authorizedKeysPath, `${client.publicLine}\n${protectedKey.publicLine}\n`)
  await giveTo(account, authorizedKeysPath)
  await giveTo(account, host.path)
  const hostKey = host.publicLine.split(' ').slice(0, 2).join(' ')
  return {
    hostKeyPath: host.path,
    hostKey,
    authorizedKeysPath,
    client: {
      privateKeyPath: client.path,
      protectedKey: { path: protectedKey.path, passphrase },
      strangerKeyPath: stranger.path,
      hostKeyFingerprint: fingerprintOf(hostKey),
    },
  }
}

function fingerprintOf(hostKey: string): string {
  const blob = Buffer.from(hostKey.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}
