import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's root folder. */
export const houseRoot = fileURLToPath(new URL('../..', import.meta.url))

export interface ToolResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a tool of `node_modules/.bin` (or any command) in `cwd`, on the pinned Node, and waits. */
export function runTool(command: string, args: readonly string[], cwd: string): ToolResult {
  const bin = join(houseRoot, 'node_modules', '.bin')
  const env = { ...process.env, PATH: [bin, process.env['PATH'] ?? ''].join(delimiter), NO_COLOR: '1' }
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (error !== undefined) throw new Error(`${command} did not run`, { cause: error })
  return { status: status ?? 128, stdout, stderr }
}

/** Paths of all files that are, or would be, in the repository. */
export function houseFiles(): readonly string[] {
  const args = ['-c', 'safe.directory=*', 'ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const { status, stdout, stderr } = runTool('git', args, houseRoot)
  if (status !== 0) throw new Error(`git ls-files failed: ${stderr}`)
  const listed = new Set(stdout.split('\0').filter((path) => path !== ''))
  const deleted = runTool('git', ['-c', 'safe.directory=*', 'ls-files', '--deleted', '-z'], houseRoot)
  for (const path of deleted.stdout.split('\0')) listed.delete(path)
  return [...listed].toSorted()
}

/** A copy of the whole house where faults can be planted. The tools and settings in it are the real ones. */
export interface HouseCopy extends Disposable {
  readonly root: string
  /** Writes a file, making its folders. */
  plant(path: string, text: string): void
}

export function copyHouse(): HouseCopy {
  const root = mkdtempSync(join(tmpdir(), 'cauce-gate-'))
  const plant = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const path of houseFiles()) cpSync(join(houseRoot, path), join(root, path))
  linkModules(root)
  return { root, plant, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
}

/** Links what is installed, except our own packages: in the copy these must be the copies. */
function linkModules(root: string): void {
  const own: Readonly<Record<string, string>> = {
    cauce: 'packages/cauce',
    'cauce-web': 'web',
    'cauce-examples': 'examples',
  }
  mkdirSync(join(root, 'node_modules'))
  for (const name of readdirSync(join(houseRoot, 'node_modules'))) {
    const folder = own[name] ?? join(houseRoot, 'node_modules', name)
    symlinkSync(own[name] === undefined ? folder : join(root, folder), join(root, 'node_modules', name))
  }
  for (const member of Object.values(own)) {
    const installed = join(houseRoot, member, 'node_modules')
    if (existsSync(installed)) symlinkSync(installed, join(root, member, 'node_modules'))
  }
}
