import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { houseRoot, runTool } from './house.ts'

const launcher = join(houseRoot, 'packages/cauce/bin/cauce.js')
const manifest = JSON.parse(readFileSync(join(houseRoot, 'packages/cauce/package.json'), 'utf8')) as {
  readonly version: string
}
const folder = mkdtempSync(join(tmpdir(), 'cauce-launcher-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Preloaded, it makes this Node pass for an old one. */
const oldNode = join(folder, 'old-node.mjs')
writeFileSync(
  oldNode,
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })\n",
)

test('`npx cauce` runs the sources in a checkout', () => {
  const { status, stdout } = runTool('cauce', ['--version'], houseRoot)
  expect({ status, stdout: stdout.trim() }).toEqual({ status: 0, stdout: manifest.version })
})

test('on an old Node it runs on the Node of the project', () => {
  const { status, stdout } = runTool('node', ['--import', oldNode, launcher, '--version'], folder)
  expect({ status, stdout: stdout.trim() }).toEqual({ status: 0, stdout: manifest.version })
})

test.each([
  ['C', /needs Node 24\.11/],
  ['es_MX.UTF-8', /necesita Node 24\.11/],
])(
  'with no other Node in reach it says what to do, in the language of %s, and ends with 78',
  (locale, words) => {
    const alone = join(folder, 'alone')
    mkdirSync(alone, { recursive: true })
    cpSync(launcher, join(alone, 'cauce.mjs'))
    const script = `LC_ALL=${locale} exec node --import "${oldNode}" cauce.mjs --version`
    const { status, stdout, stderr } = runTool('sh', ['-c', script], alone)
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' })
    expect(stderr).toMatch(words)
  },
)

test('in a checkout `import "cauce"` means the sources, also in forked processes', () => {
  const copy = join(folder, 'checkout')
  const plant = (path: string, text: string): void => {
    mkdirSync(join(copy, path, '..'), { recursive: true })
    writeFileSync(join(copy, path), text)
  }
  plant(
    'package.json',
    JSON.stringify({
      name: 'cauce',
      type: 'module',
      exports: { 'cauce-source': './src/face.ts', default: './gone.js' },
    }),
  )
  plant('src/face.ts', "export const face: string = 'sources'\n")
  plant('src/cli/child.ts', "import { face } from 'cauce'\nconsole.log(`fork ${face}`)\n")
  plant(
    'src/cli/main.ts',
    "import { fork } from 'node:child_process'\nimport { face } from 'cauce'\nconsole.log(`main ${face}`)\nfork(new URL('./child.ts', import.meta.url))\n",
  )
  cpSync(launcher, join(copy, 'bin/cauce.js'))
  const { stdout, stderr } = runTool('node', [join(copy, 'bin/cauce.js')], folder)
  expect(stdout, stderr).toBe('main sources\nfork sources\n')
})
