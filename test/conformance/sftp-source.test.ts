import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openSource } from '../../packages/cauce/src/connectors/source-registry.ts'
import { giveTo } from '../servers/account.ts'
import { describeNeeding, sharedSftp } from '../servers/shared-servers.ts'
import { folderConformance } from './folder-conformance.ts'
import { folderStore } from './folder-store.ts'

describeNeeding('sshd')('sftp', () => {
  folderConformance({
    createStore: async () =>
      folderStore(await createFolder(), async (path) => {
        const { user, uid, gid } = sharedSftp()
        await giveTo({ name: user, uid, gid }, path)
      }),
    open: openSource,
    manyFiles: 5_000,
    timeUnitMs: 1_000,
    // The server reads as its own account, whoever we are.
    asReader: async (work) => work(),
    closedStore: {
      make: async (files) => {
        const { path, url } = await createFolder()
        for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content)
        await chmod(path, 0o555)
        return { url, [Symbol.asyncDispose]: async () => chmod(path, 0o755) }
      },
    },
  })
})

async function createFolder(): Promise<{ path: string; url: string }> {
  const sftp = sharedSftp()
  const { path, url } = await sftp.createFolder()
  return { path, url: `${url}?key=${sftp.privateKeyPath}&known_hosts=${sftp.knownHostsPath}` }
}
