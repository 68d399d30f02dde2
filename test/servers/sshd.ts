import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { giveTo, privateFolder, serverAccount, type Account } from './account.ts'
import { fileTree, type FileTree } from './debian-packages.ts'
import { freePort, LOOPBACK } from './free-port.ts'
import { removeFolder } from './remove-folder.ts'
import { runProgram } from './run-program.ts'
import { startServerProcess, type ServerCommand } from './server-process.ts'
import { sftpAccess, type SftpAccess } from './sftp-access.ts'
import { greetingOf } from './ssh-greeting.ts'
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
  const sshd = join(tree.root, 'usr/sbin/sshd')
  const rootFolder = join(folder.path, 'files')
  await mkdir(rootFolder)
  await giveTo(account, rootFolder)
  const keys = await makeKeys(folder.path, tree, env, account)
  const ports = { key: await freePort(), password: await freePort() }
  const shared = ['UsePAM no', 'StrictModes no', 'PidFile none', 'X11Forwarding no', 'AllowTcpForwarding no']
  shared.push(
    'MaxStartups 200',
    'LogLevel VERBOSE',
    `HostKey ${keys.hostKeyPath}`,
    'Subsystem sftp internal-sftp',
  )
  shared.push(`ForceCommand internal-sftp -d ${rootFolder}`, ...(await linesByVersion(sshd, tree, env)))
  const commandFor = async (name: 'key' | 'password', lines: readonly string[]) => {
    const configuration = join(folder.path, `${name}.conf`)
    await writeFile(
      configuration,
      [...shared, `ListenAddress ${LOOPBACK}:${ports[name]}`, ...lines, ''].join('\n'),
    )
    await giveTo(account, configuration)
    return {
      name: `sshd (${name} login)`,
      program: sshd,
      args: ['-D', '-e', '-f', configuration],
      env,
      logPath: join(folder.path, `${name}.log`),
      answers: async () => greetingOf(LOOPBACK, ports[name]),
    }
  }

  const keyLogin = ['AuthenticationMethods publickey', `AuthorizedKeysFile ${keys.authorizedKeysPath}`]
  const commands: ServerCommand[] = [{ ...(await commandFor('key', keyLogin)), account }]
  const missing = await passwordLoginMissing()
  const password = randomBytes(12).toString('hex')
  if (missing === undefined) {
    const command = await commandFor('password', [
      'AuthenticationMethods password',
      `AllowUsers ${PASSWORD_USER}`,
    ])
    commands.push(await passwordSshdCommand(command, { folder: folder.path, account, password }))
  }
  const start = async () => Promise.all(commands.map(startServerProcess))
  let running = await start()
  const end = async (how: 'stop' | 'kill') =>
    void (await Promise.all(running.map(async (server) => server[how]())))
  const stop = async () => {
    await end('stop')
    await removeFolder(folder)
  }

  const knownHostsPath = join(folder.path, 'known_hosts')
  const knownHosts = Object.values(ports).map((port) => `[${LOOPBACK}]:${port} ${keys.hostKey}\n`)
  await writeFile(knownHostsPath, knownHosts.join(''))
  const access = sftpAccess({
    version: await greetingOf(LOOPBACK, ports.key),
    host: LOOPBACK,
    port: ports.key,
    user: account.name,
    ...keys.client,
    knownHostsPath,
    hostKeyFingerprint: fingerprintOf(keys.hostKey),
    rootFolder,
    uid: account.uid,
    gid: account.gid,
    passwordLogin:
      missing === undefined ? { port: ports.password, user: PASSWORD_USER, password } : { missing },
  })
  return {
    ...access,
    pid: () => running[0]?.pid ?? 0,
    logPath: join(folder.path, 'key.log'),
    kill: async () => end('kill'),
    restart: async () => {
      await end('stop')
      running = await start()
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function makeKeys(folder: string, tree: FileTree, env: NodeJS.ProcessEnv, account: Account) {
  const keygen = join(tree.root, 'usr/bin/ssh-keygen')
  const make = async (name: string, passphrase = '') => {
    const path = join(folder, name)
    const args = ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', path]
    await runProgram(keygen, args, { env })
    return path
  }
  const passphrase = randomBytes(8).toString('hex')
  const [hostKeyPath, privateKeyPath, protectedPath, strangerKeyPath] = await Promise.all([
    make('host_key'),
    make('client_key'),
    make('protected_key', passphrase),
    make('stranger_key'),
  ])
  await giveTo(account, hostKeyPath)
  const publicLine = async (path: string) => (await readFile(`${path}.pub`, 'utf8')).trim()
  const authorizedKeysPath = join(folder, 'authorized_keys')
  const accepted = await Promise.all([publicLine(privateKeyPath), publicLine(protectedPath)])
  await writeFile(authorizedKeysPath, `${accepted.join('\n')}\n`)
  await giveTo(account, authorizedKeysPath)
  const hostKey = (await publicLine(hostKeyPath)).split(' ').slice(0, 2).join(' ')
  const protectedKey = { path: protectedPath, passphrase }
  return {
    hostKeyPath,
    hostKey,
    authorizedKeysPath,
    client: { privateKeyPath, protectedKey, strangerKeyPath },
  }
}

/** Newer sshd are made of several programs, and lock out an address after failed logins. */
async function linesByVersion(sshd: string, tree: FileTree, env: NodeJS.ProcessEnv): Promise<string[]> {
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

function fingerprintOf(hostKey: string): string {
  const blob = Buffer.from(hostKey.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}
