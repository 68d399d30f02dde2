import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { CauceError } from '../model/cauce-error.ts'

/** `f_type` of file systems that reach over a network or through a daemon (statfs(2), linux/magic.h). */
const NETWORK_TYPES: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB2',
  0x65735546: 'FUSE',
  0x01021997: '9P',
  0x00c36400: 'Ceph',
  0x5346414f: 'AFS',
  0x73757245: 'Coda',
  0x0bd00bd0: 'Lustre',
  0x47504653: 'GPFS',
  0x786f4256: 'VirtualBox shared folder',
}

/**
 * The name of the network file system a path lies on (or would, if it were created), undefined when it is a local one.
 * Elsewhere than on Linux the numbers mean other things, and every path counts as local.
 */
export async function networkFileSystem(place: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined
  const { type } = await statfsOfNearest(path.resolve(place))
  return nameOfType(type)
}

/** The name of a network file system by its `f_type`, which some systems report as a negative number. */
export function nameOfType(type: number | bigint): string | undefined {
  return NETWORK_TYPES[Number(type) >>> 0]
}

/**
 * SQLite's locks and shared memory do not hold over a network, and two writers would destroy the file (sqlite.org/useovernet.html).
 * @throws {CauceError} CONFIG_INVALID
 */
export async function refuseNetworkFileSystem(place: string): Promise<void> {
  const name = await networkFileSystem(place)
  if (name === undefined) return
  throw new CauceError('CONFIG_INVALID', {
    where: 'ledger',
    detail: `${place} lies on a network file system (${name}), where SQLite cannot lock. Put the ledger on a local disk`,
  })
}

async function statfsOfNearest(place: string): ReturnType<typeof statfs> {
  try {
    return await statfs(place)
  } catch (error) {
    const parent = path.dirname(place)
    if (parent === place || !(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT')
      throw error
    return statfsOfNearest(parent)
  }
}
