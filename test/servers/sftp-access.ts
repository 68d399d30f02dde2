import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { giveTo } from './account.ts'

/** Where an sshd for SFTP is and how to get in. */
export interface SftpCoordinates {
  /** For example `OpenSSH_9.2p1`. */
  version: string
  host: string
  port: number
  user: string
  /** ed25519 key the server accepts, without a passphrase. */
  privateKeyPath: string
  /** Another accepted key, with a passphrase. */
  protectedKey: { path: string; passphrase: string }
  /** A key the server refuses. */
  strangerKeyPath: string
  /** Holds the right lines for both ports. */
  knownHostsPath: string
  /** `SHA256:…` as ssh-keygen shows it. */
  hostKeyFingerprint: string
  /** The start folder of sessions. There is no chroot: absolute paths in SFTP are paths on disk. */
  rootFolder: string
  /** The owner of the files as seen by the server. */
  uid: number
  gid: number
  /** A second sshd on the same folder with the same host key that takes a password, or why there is none. */
  passwordLogin: { port: number; user: string; password: string } | { missing: string }
}

export interface SftpFolder {
  path: string
  /** `sftp://user@host:port/absolute/path`, for key login. */
  url: string
  /** The same for password login, password included; absent where there is no password login. */
  passwordUrl?: string
}

export interface SftpAccess extends SftpCoordinates {
  /** A fresh folder below `rootFolder` in which the server may write and delete. */
  createFolder(name?: string): Promise<SftpFolder>
}

/** Turns coordinates, which can travel between processes, into something that acts. */
export function sftpAccess(coordinates: SftpCoordinates): SftpAccess {
  const { host, port, user, uid, gid, rootFolder, passwordLogin } = coordinates
  const createFolder = async (name = randomBytes(6).toString('hex')): Promise<SftpFolder> => {
    const path = join(rootFolder, name)
    await mkdir(path)
    await giveTo({ name: user, uid, gid }, path)
    const url = `sftp://${user}@${host}:${port}${path}`
    if ('missing' in passwordLogin) return { path, url }
    const login = `${passwordLogin.user}:${passwordLogin.password}@${host}:${passwordLogin.port}`
    return { path, url, passwordUrl: `sftp://${login}${path}` }
  }
  return { ...coordinates, createFolder }
}
