import { isRoot, privateFolder, serverAccount } from './account.ts'
import { watchOver } from './cleanup.ts'
import { removeFolder } from './remove-folder.ts'
import { runProgram } from './run-program.ts'

/** A small file system in memory, for tests of a full disk. `await using` unmounts it. */
export interface Tmpfs extends AsyncDisposable {
  path: string
  /** Unmounts it, also while files in it are open, and removes the folder. */
  unmount(): Promise<void>
}

/** Mounts a file system of this size. Needs root; the files belong to the servers' account and everybody may write. */
export async function mountTmpfs(sizeMb: number): Promise<Tmpfs> {
  const folder = await privateFolder(await serverAccount(), 'tmpfs')
  const options = `size=${sizeMb}m,mode=1777`
  try {
    await runProgram('mount', ['-t', 'tmpfs', '-o', options, 'cauce-test', folder.path])
  } catch (error) {
    await removeFolder(folder)
    throw error
  }
  const forget = watchOver({ mount: folder.path })
  let mounted = true
  const unmount = async () => {
    if (!mounted) return
    mounted = false
    await runProgram('umount', ['--lazy', folder.path])
    forget()
    await removeFolder(folder)
  }
  return { path: folder.path, unmount, [Symbol.asyncDispose]: unmount }
}

/** Why no file system can be mounted here; undefined when it can. */
export async function tmpfsMissing(): Promise<string | undefined> {
  if (!isRoot()) return 'mounting needs root'
  try {
    await (await mountTmpfs(1)).unmount()
    return undefined
  } catch (error) {
    return String(error)
  }
}
