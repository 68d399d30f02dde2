import { decoded, invalid, localPath, urlOptionLists } from '../url-options.ts'

/** Where an SFTP source lies and how to get in, as its URL says. */
export interface SftpLocation {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string | undefined
  /** Path of a private key on this machine. */
  readonly keyPath: string | undefined
  readonly passphrase: string | undefined
  /** Fingerprints of host keys that may be shown, `SHA256:` and base64 without padding. */
  readonly hostKeys: readonly string[]
  /** A known_hosts file named in the URL; undefined: the user's own. */
  readonly knownHostsPath: string | undefined
  /** Of the folder on the server: absolute, or relative to the home folder (`.` is that itself). */
  readonly folder: string
  /** After so long without an answer the server counts as gone. */
  readonly timeoutMs: number
  /** For people: no password, no options. */
  readonly displayUrl: string
}

const DEFAULT_TIMEOUT_MS = 30_000

/**
 * Reads `sftp://user[:password]@host[:port]/absolute/folder?options`; `/~/x` and `/./x` are relative to the home folder.
 * Options: `key`, `passphrase`, `hostkey` (may be repeated), `known_hosts`, `timeout` (seconds). Everything may be
 * percent-encoded. `homeFolder` is ours, for option paths that begin with `~/`.
 *
 * Taken apart by hand: `new URL` removes `/./`, reads the `+` of a fingerprint as a blank, and puts the whole URL, password
 * included, into its errors.
 *
 * @throws {CauceError} CONFIG_INVALID, never with a part of the URL that may be secret
 */
export function sftpLocation(url: string, homeFolder: string): SftpLocation {
  const found = SFTP_URL.exec(url)?.groups
  if (found === undefined)
    throw invalid(
      'sftp:// source',
      'is not of the form sftp://user[:password]@host[:port]/folder[?options]; ' +
        'in user, password and folder write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23 and % as %25',
    )
  const host = (found['host'] ?? '').replace(/^\[|\]$/g, '').toLowerCase()
  const where = `source sftp://${found['host'] ?? ''}`
  const port = found['port'] === undefined ? 22 : Number(found['port'])
  if (port < 1 || port > 65_535) throw invalid(where, 'the port must lie between 1 and 65535')
  const user = decoded(found['user'] ?? '', where, 'the user')
  if (user === '') throw invalid(where, 'the user is missing; write sftp://user@host/folder')
  const path = found['path']
  if (path === undefined)
    throw invalid(where, 'the folder is missing; write /folder, or /~/folder below the home folder')
  const password = found['password']
  return {
    host,
    port,
    user,
    password: password === undefined ? undefined : decoded(password, where, 'the password'),
    folder: folderOf(decoded(path, where, 'the folder')),
    displayUrl: `sftp://${encodeURIComponent(user)}@${found['host'] ?? ''}${port === 22 ? '' : `:${port}`}${path}`,
    ...optionsOf(found['query'] ?? '', where, homeFolder),
  }
}

const SFTP_URL =
  /^sftp:\/\/(?:(?<user>[^@:/?#\s]*)(?::(?<password>[^@/?#\s]*))?@)?(?<host>\[[0-9a-f:.]+\]|[^@:/?#[\]\s]+)(?::(?<port>\d{1,6}))?(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/i

type Options = Pick<SftpLocation, 'keyPath' | 'passphrase' | 'hostKeys' | 'knownHostsPath' | 'timeoutMs'>

function optionsOf(query: string, where: string, homeFolder: string): Options {
  const values = urlOptionLists({ query, known: OPTION_NAMES, where })
  const one = (name: string): string | undefined => {
    const given = values.get(name) ?? []
    if (given.length > 1) throw invalid(where, `the option ${name} is given more than once`)
    return given[0]
  }
  const pathOf = (name: string): string | undefined => {
    const path = one(name)
    return path === undefined ? undefined : localPath(path, { where, option: name, homeFolder })
  }
  const hostKeys = (values.get('hostkey') ?? []).map((text) => fingerprint(text, where))
  const knownHostsPath = pathOf('known_hosts')
  if (hostKeys.length > 0 && knownHostsPath !== undefined)
    throw invalid(where, 'give either hostkey or known_hosts, not both')
  const passphrase = one('passphrase')
  const keyPath = pathOf('key')
  if (passphrase !== undefined && keyPath === undefined)
    throw invalid(where, 'the option passphrase needs the option key')
  return { keyPath, passphrase, hostKeys, knownHostsPath, timeoutMs: timeoutMs(one('timeout'), where) }
}

const OPTION_NAMES = ['key', 'passphrase', 'hostkey', 'known_hosts', 'timeout']

function timeoutMs(text: string | undefined, where: string): number {
  if (text === undefined) return DEFAULT_TIMEOUT_MS
  const seconds = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || seconds < 1 || seconds > 3_600)
    throw invalid(where, 'the option timeout must be a number of seconds from 1 to 3600')
  return seconds * 1_000
}

function fingerprint(text: string, where: string): string {
  const base64 = /^SHA256:([A-Za-z0-9+/]{43})=?$/.exec(text)?.[1]
  if (base64 === undefined)
    throw invalid(
      where,
      'the option hostkey must be a fingerprint as ssh-keygen -lf prints it: SHA256: and 43 characters',
    )
  return `SHA256:${base64}`
}

function folderOf(path: string): string {
  const folder = path.replace(/(?<=.)\/+$/, '')
  const home = /^\/(?:~|\.)(?:\/+|$)/.exec(folder)
  if (home === null) return folder
  return folder.slice(home[0].length) || '.'
}
