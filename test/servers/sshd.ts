import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { giveTo, privateFolder, serverAccount, type Account } from './account.ts'
import { fileTree, type FileTree } from './debian-packages.ts'
import { freePort, LOOPBACK } from './free-port.ts'
import { removeFolder } from './remove-folder.ts'
import { runProgram } from './run-program.ts'
import { startServerProcess, type ServerCommand, type ServerProcess } from './server-process.ts'
import { sftpAccess, type SftpAccess, type SftpCoordinates } from './sftp-access.ts'
import { greetingOf } from './ssh-greeting.ts'
import { makeSshKeys, type SshKeys } from './ssh-keys.ts'
import { passwordSshdCommand, PASSWORD_USER, passwordLoginMissing } from './sshd-password.ts'

/** An OpenSSH server of one's own, for SFTP only. `await using` stops it. */
export interface SftpServer extends SftpAccess, AsyncDisposable {
  /** Of the key-login sshd that runs now. */
  pid(): number
  logPath: string
  /** SIGKILL to the servers and all their sessions. */
  kill(): Promise<void>
  /** Stops it when it runs, then starts it again on the same ports, keys and folder. */
  restart(): Promise<void>
  /** Ends it with its sessions and removes its folder. */
  stop(): Promise<void>
}

/**
 * Starts OpenSSH's sshd on a free loopback port. It runs as the servers' account and takes keys only, since sshd
 * needs root to check passwords; where we are root a second one beside it takes a password.
 */
export async function startSshd(signal?: AbortSignal): Promise<SftpServer> {
  const account = await serverAccount()
  const tree = await fileTree({
    name: 'openssh',
    packages: ['openssh-server', 'openssh-client'],
    files: ['usr/sbin/sshd', 'usr/bin/ssh-keygen'],
    from: 'installed',
    account,
    ...(signal ? { signal } : {}),
  })
  const folder = await privateFolder(account, 'sshd')
  try {
    return await startIn(folder, tree, account)
  } catch (error) {
    await removeFolder(folder)
    throw error
  }
}

async function startIn(
  folder: { path: string; forget: () => void },
  tree: FileTree,
  account: Account,
): Promise<SftpServer> {
  const env = { PATH: process.env['PATH'], LD_LIBRARY_PATH: tree.libraryFolders.join(':') }
  const rootFolder = join(folder.path, 'files')
  await mkdir(rootFolder)
  await giveTo(account, rootFolder)
  const keys = await makeSshKeys(folder.path, account, {
    program: join(tree.root, 'usr/bin/ssh-keygen'),
    env,
  })
  const place: Place = { folder: folder.path, account, tree, env, rootFolder, keys }

  const port = await freePort()
  const keyLogin = ['AuthenticationMethods publickey', `AuthorizedKeysFile ${keys.authorizedKeysPath}`]
  const keyCommand: ServerCommand = { ...(await sshdCommand(place, 'key', port, keyLogin)), account }
  const commands = [keyCommand]
  const running = [await startServerProcess(keyCommand)]
  const passwordLogin = await addPasswordLogin(place, commands, running)

  const end = async (how: 'stop' | 'kill') =>
    void (await Promise.all(running.map(async (server) => server[how]())))
  const stop = async () => {
    await end('stop')
    await removeFolder(folder)
  }
  const knownHostsPath = join(folder.path, 'known_hosts')
  const ports = 'missing' in passwordLogin ? [port] : [port, passwordLogin.port]
  const knownHosts = ports.map((each) => `[${LOOPBACK}]:${each} ${keys.hostKey}\n`)
  await writeFile(knownHostsPath, knownHosts.join(''))
  const access = sftpAccess({
    version: await greetingOf(LOOPBACK, port),
    host: LOOPBACK,
    port,
    user: account.name,
    ...keys.client,
    knownHostsPath,
    rootFolder,
    uid: account.uid,
    gid: account.gid,
    passwordLogin,
  })
  return {
    ...access,
    pid: () => running[0]?.pid ?? 0,
    logPath: keyCommand.logPath,
    kill: async () => end('kill'),
    restart: async () => {
      await end('stop')
      running.splice(0, running.length, ...(await Promise.all(commands.map(startServerProcess))))
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** What all sshd of one folder have in common. */
interface Place {
  folder: string
  account: Account
  tree: FileTree
  env: NodeJS.ProcessEnv
  rootFolder: string
  keys: SshKeys
}

async function addPasswordLogin(
  place: Place,
  commands: ServerCommand[],
  running: ServerProcess[],
): Promise<SftpCoordinates['passwordLogin']> {
  const missing = await passwordLoginMissing()
  if (missing !== undefined) return { missing }
  const login = { port: await freePort(), user: PASSWORD_USER, password: randomBytes(12).toString('hex') }
  const lines = ['AuthenticationMethods password', `AllowUsers ${PASSWORD_USER}`]
  const plain = await sshdCommand(place, 'password', login.port, lines)
  const command = await passwordSshdCommand(plain, { ...place, password: login.password })
  try {
    running.push(await startServerProcess(command))
  } catch (error) {
    return { missing: String(error) }
  }
  commands.push(command)
  return login
}

async function sshdCommand(
  place: Place,
  name: 'key' | 'password',
  port: number,
  lines: readonly string[],
): Promise<ServerCommand> {
  const program = join(place.tree.root, 'usr/sbin/sshd')
  const configuration = join(place.folder, `${name}.conf`)
  const allLines = [
    `ListenAddress ${LOOPBACK}:${port}`,
    `HostKey ${place.keys.hostKeyPath}`,
    'Subsystem sftp internal-sftp',
    `ForceCommand internal-sftp -d ${place.rootFolder}`,
    'UsePAM no',
    'StrictModes no',
    'PidFile none',
    'X11Forwarding no',
    'AllowTcpForwarding no',
    'MaxStartups 200',
    'LogLevel VERBOSE',
    ...lines,
    ...(await linesByVersion(program, place)),
  ]
  await writeFile(configuration, `${allLines.join('\n')}\n`)
  await giveTo(place.account, configuration)
  return {
    name: `sshd (${name} login)`,
    program,
    args: ['-D', '-e', '-f', configuration],
    env: place.env,
    logPath: join(place.folder, `${name}.log`),
    answers: async () => greetingOf(LOOPBACK, port),
  }
}

/** Newer sshd are made of several programs, and lock out an address after failed logins. */
async function linesByVersion(sshd: string, { tree, env }: Place): Promise<string[]> {
  // Older ones know no -V, and name their version in the error.
  const text = await runProgram(sshd, ['-V'], { env }).catch(String)
  const [, major, minor] = /OpenSSH_(\d+)\.(\d+)/.exec(text) ?? []
  const lines = Number(major) * 100 + Number(minor) >= 908 ? ['PerSourcePenalties no'] : []
  const parts = { SshdSessionPath: 'sshd-session', SshdAuthPath: 'sshd-auth' }
  for (const [setting, file] of Object.entries(parts)) {
    const path = join(tree.root, 'usr/lib/openssh', file)
    if (tree.root !== '/' && existsSync(path)) lines.push(`${setting} ${path}`)
  }
  return lines
}
