import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRoot, type Account } from './account.ts'
import { runOpenssl } from './openssl.ts'
import { runProgram } from './run-program.ts'
import type { ServerCommand } from './server-process.ts'

/** The account that logs in with a password; it exists only inside the server's own view of the machine. */
export const PASSWORD_USER = 'caucesftp'

/** Why no sshd that takes passwords can be had here; undefined when it can. */
export async function passwordLoginMissing(): Promise<string | undefined> {
  if (!isRoot()) return 'sshd needs root to check passwords'
  try {
    await runProgram('unshare', ['--mount', 'true'])
    return undefined
  } catch (error) {
    return `no mount namespace of its own: ${String(error)}`
  }
}

/**
 * Wraps an sshd command so that it runs as root in a mount namespace where /etc/passwd and /etc/shadow have two
 * more accounts: one with our password and the ids of the servers' account, and sshd's own. The machine itself is not
 * touched, and two test runs do not meet.
 */
export async function passwordSshdCommand(
  command: ServerCommand,
  { folder, account, password }: { folder: string; account: Account; password: string },
): Promise<ServerCommand> {
  const hash = (await runOpenssl(['passwd', '-6', password])).trim()
  const files = { passwd: join(folder, 'passwd'), shadow: join(folder, 'shadow') }
  const passwd = withoutAccounts(await readFile('/etc/passwd', 'utf8'))
  const user = `${PASSWORD_USER}:x:${account.uid}:${account.gid}::/:/usr/sbin/nologin`
  await writeFile(files.passwd, `${passwd}\n${user}\nsshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n`)
  const shadow = withoutAccounts(await readFile('/etc/shadow', 'utf8'))
  await writeFile(
    files.shadow,
    `${shadow}\n${PASSWORD_USER}:${hash}:19000:0:99999:7:::\nsshd:!:19000::::::\n`,
    { mode: 0o600 },
  )
  const script = [
    `mount --bind ${files.passwd} /etc/passwd`,
    `mount --bind ${files.shadow} /etc/shadow`,
    'mount -t tmpfs tmpfs /run',
    'mkdir -m 0755 /run/sshd',
    'exec "$@"',
  ].join(' && ')
  const inside = ['sh', '-c', script, 'sshd', command.program, ...command.args]
  return { ...command, program: 'unshare', args: ['--mount', '--propagation', 'private', ...inside] }
}

function withoutAccounts(text: string): string {
  return text
    .split('\n')
    .filter((line) => line !== '' && !/^(?:sshd|caucesftp):/.test(line))
    .join('\n')
}
