import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nameOfType, networkFileSystem, refuseNetworkFileSystem } from './network-file-system.ts'

test.each([
  ['NFS', 0x6969],
  ['CIFS', 0xff534d42],
  ['CIFS', 0xff534d42 - 2 ** 32],
  ['SMB2', 0xfe534d42n],
  ['FUSE', 0x65735546],
  ['9P', 0x01021997],
])('%s is a network file system (type %d)', (name, type) => {
  expect(nameOfType(type)).toBe(name)
})

test.each([
  ['ext4', 0xef53],
  ['tmpfs', 0x01021994],
  ['overlayfs', 0x794c7630],
  ['xfs', 0x58465342],
  ['btrfs', 0x9123683e],
])('%s is a local file system', (_name, type) => {
  expect(nameOfType(type)).toBeUndefined()
})

test('a local folder is accepted, also one that does not exist yet', async () => {
  expect(await networkFileSystem(tmpdir())).toBeUndefined()
  await refuseNetworkFileSystem(join(tmpdir(), 'not', 'yet', 'there', 'ledger.db'))
})
