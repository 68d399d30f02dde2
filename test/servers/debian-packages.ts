import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { copyFile, glob, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { identityOf, isRoot, type Account } from './account.ts'
import { watchOver } from './cleanup.ts'
import { runProgram } from './run-program.ts'

/** Programs and the files they need, below one folder. */
export interface FileTree {
  /** `/` when the machine has the programs installed. */
  root: string
  /** Folders with the tree's own shared libraries; empty for `/`. */
  libraryFolders: string[]
}

export interface TreeRequest {
  /** Name of the folder in the cache. */
  name: string
  packages: readonly string[]
  /** Files that must be there, relative to the root; the first is the program itself. */
  files: readonly string[]
  /**
   * `installed`: packages of this machine's own release, with only those dependencies the machine lacks; programs
   * installed on the machine are preferred. `sid`: Debian unstable with all dependencies, C library included.
   */
  from: 'installed' | 'sid'
  account: Account
  signal?: AbortSignal
}

/**
 * The folder that keeps unpacked packages and built programs: `CAUCE_CACHE`, else `~/.cache/cauce`. For root it is `/var/cache/cauce`,
 * since the servers' own account cannot look into root's home.
 */
export function cacheFolder(): string {
  const fallback = isRoot() ? '/var/cache/cauce' : join(homedir(), '.cache/cauce')
  return join(process.env['CAUCE_CACHE'] ?? fallback, 'test-servers')
}

/**
 * Finds programs on the machine, or fetches their Debian packages and unpacks them into the cache. Nothing is ever
 * installed, with root or without: an installed server would start by itself at the next boot.
 *
 * apt resolves the dependencies and checks the signatures, with all its state in a private folder. The sha256 of
 * every package is kept in `packages.sha256` beside the tree's files.
 */
export async function fileTree(request: TreeRequest): Promise<FileTree> {
  if (request.from === 'installed' && hasFiles('/', request.files)) return { root: '/', libraryFolders: [] }
  const release = request.from === 'sid' ? 'sid' : await debianRelease()
  const root = join(cacheFolder(), `${request.name}-${release}-${process.arch}`)
  if (!hasFiles(root, request.files)) await fetchTree(request, root)
  await checkReach(root, request)
  const libraryFolders: string[] = []
  const patterns = ['usr/lib/*-linux-gnu', 'lib/*-linux-gnu', 'usr/lib/mysql/private']
  for await (const folder of glob(patterns, { cwd: root })) libraryFolders.push(join(root, folder))
  return { root, libraryFolders }
}

function hasFiles(root: string, files: readonly string[]): boolean {
  return files.every((file) => existsSync(join(root, file)))
}

/** `bookworm` for Debian 12. */
export async function debianRelease(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8')
  return /^VERSION_CODENAME="?([\w-]+)/m.exec(text)?.[1] ?? 'unknown'
}

async function checkReach(root: string, { files, account }: TreeRequest): Promise<void> {
  const program = join(root, files[0] ?? '')
  await runProgram('test', ['-x', program], identityOf(account)).catch(() => {
    throw new Error(
      `The account ${account.name} cannot run ${program}: set CAUCE_CACHE to a folder it can read.`,
    )
  })
}

async function fetchTree(request: TreeRequest, root: string): Promise<void> {
  if (!existsSync(DPKG_STATUS)) {
    throw new Error(`Not installed: ${request.files.join(', ')}. Only on Debian can they be fetched.`)
  }
  await mkdir(cacheFolder(), { recursive: true, mode: 0o755 })
  const work = await mkdtemp(join(cacheFolder(), 'fetching-'))
  const forget = watchOver({ folder: work })
  try {
    const apt = await privateApt(join(work, 'apt'), request)
    // Some of them may be installed here while another is not; all of them are wanted in the tree.
    await apt.run(['--download-only', '--reinstall', 'install', ...request.packages])
    const tree = join(work, 'tree')
    await mkdir(tree, { mode: 0o755 })
    const packages = (await readdir(apt.archives)).filter((name) => name.endsWith('.deb')).toSorted()
    const lines: string[] = []
    for (const name of packages) {
      const file = join(apt.archives, name)
      lines.push(`${await sha256(file)}  ${name}\n`)
      await runProgram('dpkg-deb', ['--extract', file, tree], withSignal(request))
    }
    await Promise.all(
      UNUSED_FOLDERS.map(async (folder) => rm(join(tree, folder), { recursive: true, force: true })),
    )
    await writeFile(join(tree, 'packages.sha256'), lines.join(''))
    if (!hasFiles(tree, request.files)) {
      throw new Error(`${request.packages.join(', ')} came without ${request.files.join(', ')}.`)
    }
    // Whole or not at all: an incomplete tree is replaced, one that another test run has put there meanwhile stays.
    if (hasFiles(root, request.files)) return
    await rm(root, { recursive: true, force: true })
    await rename(tree, root)
  } finally {
    await rm(work, { recursive: true, force: true })
    forget()
  }
}

const DPKG_STATUS = '/var/lib/dpkg/status'

const UNUSED_FOLDERS = ['usr/share/doc', 'usr/share/man', 'usr/share/perl', 'usr/share/locale']

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

interface PrivateApt {
  archives: string
  run(args: readonly string[]): Promise<string>
}

/** apt-get with its lists, locks, status and downloads in a folder of ours, lists fetched. */
async function privateApt(folder: string, request: TreeRequest): Promise<PrivateApt> {
  const own = await aptWith(folder, [], request)
  await copyFile(DPKG_STATUS, join(folder, 'state/status'))
  await own.run(['update'])
  if (request.from === 'installed') return own

  const targets = await own.run(['indextargets', '--format', '$(ORIGIN) $(REPO_URI)', 'Created-By: Packages'])
  const mirror = /^Debian (\S+)/m.exec(targets)?.[1]
  if (mirror === undefined) throw new Error('The apt sources of this machine name no Debian mirror.')
  const sidFolder = join(folder, 'sid')
  const sources = join(sidFolder, 'sources.list')
  const sid = await aptWith(
    sidFolder,
    [
      `Dir::Etc::sourcelist "${sources}";`,
      'Dir::Etc::sourceparts "/dev/null";',
      'Dir::Etc::preferencesparts "/dev/null";',
    ],
    request,
  )
  await writeFile(
    sources,
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} sid main\n`,
  )
  await writeFile(join(sidFolder, 'state/status'), '')
  await sid.run(['update'])
  return sid
}

async function aptWith(folder: string, extra: readonly string[], request: TreeRequest): Promise<PrivateApt> {
  await mkdir(join(folder, 'state/lists/partial'), { recursive: true })
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true })
  const configuration = join(folder, 'apt.conf')
  const lines = [
    `Dir::State "${folder}/state";`,
    `Dir::State::status "${folder}/state/status";`,
    `Dir::Cache "${folder}/cache";`,
    'APT::Install-Recommends "false";',
    'APT::Sandbox::User "";',
    'Acquire::Languages "none";',
    // The machine's own hooks would clean the machine's own caches.
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear DPkg::Post-Invoke;',
    ...extra,
  ]
  await writeFile(configuration, `${lines.join('\n')}\n`)
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
  return {
    archives: join(folder, 'cache/archives'),
    run: async (args) =>
      runProgram('apt-get', ['-c', configuration, '-q', '-y', ...args], { env, ...withSignal(request) }),
  }
}

function withSignal({ signal }: TreeRequest): { signal?: AbortSignal } {
  return signal ? { signal } : {}
}
