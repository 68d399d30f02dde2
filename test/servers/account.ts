import { access, chmod, chown, constants, mkdtemp, realpath, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { watchOver } from './cleanup.ts'
import { runProgram } from './run-program.ts'

/** The account the servers run as: never root. */
export interface Account {
  name: string
  uid: number
  gid: number
}

const TEST_ACCOUNT = 'caucetest'

const MEMORY_FOLDER = '/dev/shm'

/** Whether we are root and may mount, change owner and open any folder. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0
}

/**
 * Ourselves, or for root the system account `caucetest`: no password, no home, no shell. It is created when it
 * is not there and is kept for the next time.
 */
export async function serverAccount(): Promise<Account> {
  if (!isRoot()) return lookUpAccount((await runProgram('id', ['-un'])).trim())
  try {
    return await lookUpAccount(TEST_ACCOUNT)
  } catch {
    const options = ['--system', '--no-create-home', '--home-dir', '/nonexistent', '--user-group']
    const creation = runProgram('useradd', [...options, '--shell', '/usr/sbin/nologin', TEST_ACCOUNT])
    // Another test run may create it at the same moment: only its absence afterwards is an error.
    const failure: unknown = await creation.then(() => undefined).catch((error: unknown) => error)
    return lookUpAccount(TEST_ACCOUNT).catch((error: unknown) => {
      throw new Error(`There is no account ${TEST_ACCOUNT} and none could be made.`, {
        cause: failure ?? error,
      })
    })
  }
}

async function lookUpAccount(name: string): Promise<Account> {
  const [uid, gid] = await Promise.all([runProgram('id', ['-u', name]), runProgram('id', ['-g', name])])
  return { name, uid: Number(uid), gid: Number(gid) }
}

/** What `spawn` needs to run a program as the account; nothing when it is our own. */
export function identityOf(account: Account): { uid?: number; gid?: number } {
  return isRoot() ? { uid: account.uid, gid: account.gid } : {}
}

/**
 * Makes a fresh folder (mode 0700) that belongs to the account and is removed when the test process is gone.
 *
 * It lies in memory where there is plenty, else on disk: on a busy disk MariaDB takes 5 s to start and in memory
 * 1.5 s. `TMPDIR` names another place.
 */
export async function privateFolder(
  account: Account,
  name: string,
): Promise<{ path: string; forget: () => void }> {
  const parent = process.env['TMPDIR'] ?? ((await hasRoom(MEMORY_FOLDER)) ? MEMORY_FOLDER : tmpdir())
  const path = await mkdtemp(join(await realpath(parent), `cauce-${name}-`))
  const forget = watchOver({ folder: path })
  await chmod(path, 0o700)
  await giveTo(account, path)
  return { path, forget }
}

async function hasRoom(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder)
    await access(folder, constants.W_OK)
    return bavail * bsize > 4 * 2 ** 30
  } catch {
    return false
  }
}

/** Makes the account the owner of a file or folder. */
export async function giveTo(account: Account, path: string): Promise<void> {
  if (isRoot()) await chown(path, account.uid, account.gid)
}
