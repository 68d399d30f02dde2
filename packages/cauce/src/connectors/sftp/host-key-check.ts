import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServerHostKeyAlgorithm } from 'ssh2'
import { CauceError } from '../../model/cauce-error.ts'
import { fingerprintOf, hostName, keyTypeOf, knownHosts, type KnownHost } from './known-hosts.ts'
import type { SftpLocation } from './location.ts'

/** What is expected of the server's host key. There is no way to trust a key because it was the first one seen. */
export interface HostKeyCheck {
  /** Algorithms to ask the server for, in order: those first whose key we would recognise. */
  readonly algorithms: readonly ServerHostKeyAlgorithm[]
  /** Whether the key's type is unknown beforehand, so that another type is worth asking for when one does not fit. */
  readonly anyType: boolean
  /** Why the key is refused; undefined when it is the expected one. */
  refusalOf(key: Buffer): string | undefined
}

/** Prepares the check from the fingerprints in the URL, else from a known_hosts file. @throws {CauceError} CONFIG_INVALID */
export async function hostKeyCheck(location: SftpLocation, homeFolder: string): Promise<HostKeyCheck> {
  const { hostKeys } = location
  if (hostKeys.length > 0)
    return {
      algorithms: ALL_ALGORITHMS,
      anyType: true,
      refusalOf: (key) =>
        hostKeys.includes(fingerprintOf(key))
          ? undefined
          : `it shows ${describe(key)}, and ?hostkey= says ${hostKeys.join(', ')}`,
    }
  const path = location.knownHostsPath ?? join(homeFolder, '.ssh/known_hosts')
  const entries = knownHosts(await knownHostsText(location, path), location.host, location.port)
  const trusted = entries.filter(({ marker }) => marker === undefined)
  const preferred = ALL_ALGORITHMS.filter((algorithm) =>
    trusted.some(({ keyType }) => keyType === typeOf(algorithm)),
  )
  return {
    algorithms: [...preferred, ...ALL_ALGORITHMS.filter((algorithm) => !preferred.includes(algorithm))],
    anyType: false,
    refusalOf: (key) => refusalBy(entries, key, path, hostName(location.host, location.port)),
  }
}

/** The type of host key an algorithm signs with. */
export function typeOf(algorithm: ServerHostKeyAlgorithm): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm
}

/** `ssh-ed25519 SHA256:…` */
function describe(key: Buffer): string {
  return `${keyTypeOf(key) ?? 'a key of no known type'} ${fingerprintOf(key)}`
}

/** What the driver supports by itself, without DSA. */
const ALL_ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
]

function refusalBy(
  entries: readonly KnownHost[],
  key: Buffer,
  path: string,
  name: string,
): string | undefined {
  const same = entries.filter((entry) => entry.key.equals(key))
  const revoked = same.find(({ marker }) => marker === 'revoked')
  if (revoked !== undefined)
    return `it shows ${describe(key)}, which line ${revoked.line} of ${path} marks as @revoked`
  if (same.some(({ marker }) => marker === undefined)) return undefined
  const others = entries.filter(({ marker }) => marker === undefined)
  const expected = others.map((entry) => `${describe(entry.key)} (line ${entry.line})`).join(', ')
  if (expected !== '')
    return `it shows ${describe(key)}, and ${path} says ${expected} for ${name}: it was changed, or this is another machine`
  const authority = entries.find(({ marker }) => marker === 'cert-authority')
  const unsupported =
    authority === undefined
      ? ''
      : `; line ${authority.line} is a @cert-authority, and host certificates are not supported`
  return `it shows ${describe(key)}, and ${path} has no entry for ${name}${unsupported}`
}

async function knownHostsText(location: SftpLocation, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    // A user without a known_hosts file knows no hosts: the refusal names the key seen and how to pin it.
    if (missing && location.knownHostsPath === undefined) return ''
    throw new CauceError(
      'CONFIG_INVALID',
      {
        where: `source ${location.displayUrl}`,
        detail: `the known_hosts file ${path} cannot be read (${error instanceof Error ? error.message : String(error)})`,
      },
      { cause: error },
    )
  }
}
