import { createHash, createHmac } from 'node:crypto'

/** One line of a known_hosts file that speaks of the host asked for. */
export interface KnownHost {
  /** 1-based. */
  readonly line: number
  readonly marker: 'cert-authority' | 'revoked' | undefined
  /** `ssh-ed25519` and the like, as the key's own bytes say. */
  readonly keyType: string
  readonly key: Buffer
}

/**
 * The lines of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT") that speak of a host, in file order: plain names,
 * wildcards, `!` exceptions, hashed names, `@revoked` and `@cert-authority`. A port other than 22 is part of the name, as
 * `[host]:port`, and an entry for the bare host does not vouch for it. Lines that cannot be read are passed over, as ssh does.
 */
export function knownHosts(text: string, host: string, port: number): readonly KnownHost[] {
  const name = hostName(host, port)
  return text
    .split('\n')
    .map((line, index) => readLine(line.trim(), index + 1))
    .filter((line) => line !== undefined)
    .filter(({ names }) => speaksOf(names, name))
}

function readLine(text: string, line: number): (KnownHost & { readonly names: string }) | undefined {
  const fields = text.split(/[ \t]+/)
  const marker = text.startsWith('@') ? fields.shift()?.slice(1) : undefined
  if (marker !== undefined && marker !== 'cert-authority' && marker !== 'revoked') return undefined
  const [names = '', keyType = '', base64 = ''] = fields
  const key = Buffer.from(base64, 'base64')
  // A comment has no such field either.
  return keyType !== '' && keyTypeOf(key) === keyType ? { line, marker, keyType, key, names } : undefined
}

/** How known_hosts spells a host. */
export function hostName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`
}

/** The fingerprint of a public key as `ssh-keygen -lf` prints it: `SHA256:` and base64 without padding. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** The type a public key names itself: its first, length-prefixed text. Undefined when these are not such bytes. */
export function keyTypeOf(key: Buffer): string | undefined {
  if (key.length < 4) return undefined
  const length = key.readUInt32BE(0)
  if (length === 0 || length > 64 || key.length < 4 + length) return undefined
  return key.toString('latin1', 4, 4 + length)
}

function speaksOf(names: string, name: string): boolean {
  if (names.startsWith('|')) return fitsHash(names, name)
  const patterns = names.toLowerCase().split(',')
  const excepted = patterns.some(
    (pattern) => pattern.startsWith('!') && fitsWildcards(pattern.slice(1), name),
  )
  return !excepted && patterns.some((pattern) => fitsWildcards(pattern, name))
}

/** `|1|salt|hash`: HMAC-SHA1 of the name under the salt. */
function fitsHash(names: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = names.split('|')
  if (version !== '1' || salt === '' || hash === '') return false
  return createHmac('sha1', Buffer.from(salt, 'base64'))
    .update(name)
    .digest()
    .equals(Buffer.from(hash, 'base64'))
}

/** `*` and `?` only: the brackets of `[host]:port` are part of the name. */
function fitsWildcards(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|/]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(name)
}
