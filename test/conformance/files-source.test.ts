import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openSource } from '../../packages/cauce/src/connectors/source-registry.ts'
import { giveTo, isRoot, serverAccount } from '../servers/account.ts'
import { runProgram } from '../servers/run-program.ts'
import { describeNeeding, sharedSftp } from '../servers/shared-servers.ts'
import { mountTmpfs, tmpfsMissing } from '../servers/tmpfs.ts'
import { folderConformance } from './folder-conformance.ts'
import { folderStore } from './folder-store.ts'
import type { ClosedStore } from './source-scene.ts'

const noMount = isRoot() ? await tmpfsMissing() : undefined

describe('files', () => {
  folderConformance({
    createStore: async () => {
      const path = await mkdtemp(join(tmpdir(), 'cauce-files-'))
      const handOver = async (folder: string): Promise<void> => giveTo(await serverAccount(), folder)
      await handOver(path)
      return folderStore({ path, url: path }, handOver)
    },
    open: openSource,
    manyFiles: 5_000,
    timeUnitMs: 1,
    asReader: async (work) => {
      if (!isRoot()) return work()
      const { uid } = await serverAccount()
      process.seteuid?.(uid)
      try {
        return await work()
      } finally {
        process.seteuid?.(0)
      }
    },
    closedStore: noMount === undefined ? { make: closedFolder } : { missing: noMount },
  })
})

/** Permissions do not bind root: for root a file system that is read-only. */
async function closedFolder(files: Readonly<Record<string, string>>): Promise<ClosedStore> {
  const mounted = isRoot() ? await mountTmpfs(1) : undefined
  const path = mounted?.path ?? (await mkdtemp(join(tmpdir(), 'cauce-closed-')))
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content)
  if (mounted === undefined) await chmod(path, 0o555)
  else await runProgram('mount', ['-o', 'remount,ro', path])
  const remove = async (): Promise<void> => {
    await chmod(path, 0o755)
    await rm(path, { recursive: true })
  }
  return { url: path, [Symbol.asyncDispose]: async () => (mounted ? mounted.unmount() : remove()) }
}

describeNeeding('tmpfs', 'sshd')('a full disk', () => {
  test.each(['files', 'sftp'])(
    'of the spool is named as what it is, and is not kept full (%s)',
    async (system) => {
      const sftp = sharedSftp()
      const { path, url } = await sftp.createFolder()
      await writeFile(join(path, 'a.bin'), Buffer.alloc(4 * 1024 * 1024))
      await using spool = await mountTmpfs(2)
      const source = await openSource(
        system === 'files' ? path : `${url}?key=${sftp.privateKeyPath}&hostkey=${sftp.hostKeyFingerprint}`,
      )
      const entry = await source.stat('a.bin')
      if (entry === undefined) throw new Error('a.bin is not there')
      const toPath = join(spool.path, 'part')
      const signal = new AbortController().signal
      await expect(source.fetch({ entry, toPath, onBytes: () => undefined, signal })).rejects.toMatchObject({
        code: 'DISK_FULL',
        class: 'system',
        details: { path: toPath },
      })
      expect(await readdir(spool.path)).toEqual([])
      await source.close()
    },
  )
})
