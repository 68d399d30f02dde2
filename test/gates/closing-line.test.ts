import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { houseRoot, runTool } from './house.ts'

const reporter = join(houseRoot, 'test/reporters/closing-line.ts')
const [passing, failing] = ["test('good', () => {})\n", "test('bad', () => { throw new Error('no') })\n"]

test.each([
  ['passed and failed tests are counted', { a: passing + failing, b: passing }, 1, '2 passed, 1 failed'],
  [
    'a file that cannot be loaded counts as failed',
    { a: passing, b: "import './gone.ts'\n" },
    1,
    '1 passed, 1 failed',
  ],
  ['a run without any test fails', {}, 1, '0 passed, 0 failed'],
  [
    'a run of which every test is left out fails',
    { a: "test.skipIf(true)('x', () => {})\n" },
    1,
    '0 passed, 0 failed',
  ],
  [
    'an error outside of the tests counts as failed',
    { a: `${passing}setTimeout(() => { throw new Error('late') })\n` },
    1,
    '1 passed, 1 failed',
  ],
  ['a good run ends well', { a: passing }, 0, '1 passed, 0 failed'],
])('%s', (_, files, status, line) => {
  const result = runVitest(files)
  expect(result.stdout.trimEnd().split('\n').at(-1), result.stdout + result.stderr).toBe(line)
  expect(result.status).toBe(status)
})

test('tests that did not run are named', () => {
  const { stdout } = runVitest({ a: `${passing}test.skipIf(true)('needs a server', () => {})\n` })
  expect(stdout).toMatch(/Not run:\n {2}needs a server\n1 passed, 0 failed\n$/)
})

function runVitest(files: Readonly<Record<string, string>>): ReturnType<typeof runTool> {
  const root = mkdtempSync(join(tmpdir(), 'cauce-closing-'))
  try {
    symlinkSync(join(houseRoot, 'node_modules'), join(root, 'node_modules'))
    mkdirSync(join(root, 'tests'))
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(root, 'tests', `${name}.test.ts`), `import { test } from 'vitest'\n${text}`)
    writeFileSync(
      join(root, 'vitest.config.ts'),
      `import { ClosingLine } from '${reporter}'\nexport default { test: { reporters: ['default', new ClosingLine()] } }\n`,
    )
    return runTool('vitest', ['run'], root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
