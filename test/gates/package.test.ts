import {
  existsSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyHouse, houseRoot, runTool, type HouseCopy } from './house.ts'

interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>
}

let copy: HouseCopy
let tarball: string
let unpacked: string

beforeAll(() => {
  copy = copyHouse()
  run('npm', ['run', 'build', '--silent'], join(copy.root, 'packages/cauce'))
  tarball = pack(copy.root)
  run('tar', ['xzf', tarball], copy.root)
  unpacked = join(copy.root, 'package')
})
afterAll(() => copy[Symbol.dispose]())

test('the package holds what it runs and no sources, tests or secrets', () => {
  const files = run('tar', ['tzf', tarball], copy.root).trim().split('\n')
  expect(files).toEqual(
    expect.arrayContaining(['package/bin/cauce.js', 'package/dist/cli/main.js', 'package/LICENSE']),
  )
  expect(
    files.filter(
      (path) => !/^package\/(bin|dist)\/|^package\/(package\.json|README\.md|LICENSE)$/.test(path),
    ),
  ).toEqual([])
  expect(files.filter((path) => /\.test\.|(^|\/)\.env|(?<!\.d)\.ts$/.test(path))).toEqual([])
})

test('publint has nothing to say, and speaks on a planted wrong manifest', async () => {
  expect(await lintPackage(unpacked)).toEqual([])
  const broken = plantManifest({
    exports: { '.': { types: './dist/gone.d.ts', default: './dist/index.js' } },
  })
  expect(await lintPackage(broken)).toContainEqual(expect.stringContaining('gone.d.ts'))
})

test('the types resolve for users, and not with a planted wrong manifest', () => {
  expect(typeProblems(tarball)).toBe('')
  plantManifest({
    exports: { '.': { default: './dist/index.js', types: './src/index.ts' }, './gone': './dist/gone.js' },
  })
  expect(typeProblems(pack(copy.root, 'broken'))).toMatch(/resolution failed/i)
})

test('drivers are optional peers: none is among the dependencies', () => {
  const { dependencies = {}, peerDependencies, peerDependenciesMeta } = readManifest(unpacked)
  const drivers = Object.keys(peerDependencies)
  expect(drivers).toEqual(expect.arrayContaining(['mysql2', 'ssh2-sftp-client']))
  expect(drivers.filter((name) => peerDependenciesMeta[name]?.optional !== true)).toEqual([])
  expect(drivers.filter((name) => name in dependencies)).toEqual([])
})

test('with its declared dependencies alone, and no driver, the installed package starts and its types hold', () => {
  const home = mkdtempSync(join(tmpdir(), 'cauce-installed-'))
  try {
    const installed = join(home, 'node_modules/cauce')
    mkdirSync(dirname(installed))
    cpSync(unpacked, installed, { recursive: true })
    const { version, dependencies = {} } = readManifest(unpacked)
    for (const name of [...Object.keys(dependencies), '@types/node']) link(name, home)
    expect(run('node', [join(installed, 'bin/cauce.js'), '--version'], home).trim()).toBe(version)
    writeFileSync(join(home, 'package.json'), '{ "type": "module" }')
    writeFileSync(
      join(home, 'user.ts'),
      "import { contract, email } from 'cauce'\nexport default contract('a', { email: email() })\n",
    )
    run('node', ['user.ts'], home)
    run(
      'tsc',
      [
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        'false',
        '--types',
        'node',
        '--module',
        'nodenext',
        'user.ts',
      ],
      home,
    )
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})

function link(name: string, home: string): void {
  const at = join(home, 'node_modules', name)
  mkdirSync(dirname(at), { recursive: true })
  // npm puts a package beside the member that asks for it where the root has another version.
  const own = join(houseRoot, 'packages/cauce/node_modules', name)
  symlinkSync(existsSync(own) ? own : join(houseRoot, 'node_modules', name), at)
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = runTool(command, args, cwd)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`)
  return stdout
}

function pack(root: string, folder = 'packages/cauce'): string {
  const out = run('npm', ['pack', '--json', '--ignore-scripts'], join(root, folder))
  const [packed] = JSON.parse(out) as readonly { readonly filename: string }[]
  return join(root, folder, packed?.filename ?? '')
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** A copy of the package with some fields of its manifest replaced. */
function plantManifest(fields: Readonly<Record<string, unknown>>): string {
  const broken = join(copy.root, 'broken')
  cpSync(unpacked, broken, { recursive: true })
  copy.plant('broken/package.json', JSON.stringify({ ...readManifest(unpacked), ...fields }))
  return broken
}

async function lintPackage(pkgDir: string): Promise<readonly (string | undefined)[]> {
  const { messages, pkg } = await publint({ pkgDir, strict: true, pack: false })
  return messages.map((message) => formatMessage(message, pkg))
}

function typeProblems(archive: string): string {
  const { status, stdout, stderr } = runTool(
    'attw',
    [archive, '--profile', 'esm-only', '--no-emoji'],
    copy.root,
  )
  return status === 0 ? '' : stdout + stderr
}
