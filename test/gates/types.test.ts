import { expect, test } from 'vitest'
import { copyHouse, houseRoot, runTool } from './house.ts'

test('the compiler is TypeScript 7', () => {
  expect(runTool('tsc', ['-v'], houseRoot).stdout).toMatch(/^Version 7\./)
})

test.each([
  ['packages/cauce', 'packages/cauce/src/model/planted.ts', 'TS2322'],
  ['test', 'test/gates/planted.ts', 'TS2322'],
  ['test', 'bench/planted.ts', 'TS2322'],
  ['examples', 'examples/planted.ts', 'TS2322'],
])('types of %s: a planted error in %s is seen, and the house has no other', (program, path, code) => {
  using copy = copyHouse()
  copy.plant(path, "export const rows: number = 'many'\n")
  const { stdout } = runTool('tsc', ['-p', program, '--pretty', 'false'], copy.root)
  const errors = stdout.split('\n').filter((line) => /\berror TS\d+/.test(line))
  expect(errors.filter((line) => line.startsWith(path))).toEqual([expect.stringContaining(code)])
  expect(errors.filter((line) => !line.startsWith(path))).toEqual([])
})

test.each([
  ['noUncheckedIndexedAccess', 'export const first = (xs: readonly string[]): string => xs[0]\n'],
  ['exactOptionalPropertyTypes', 'export const o: { a?: string } = { a: undefined }\n'],
  [
    'noPropertyAccessFromIndexSignature',
    'export const v = (env: Record<string, string>): unknown => env.HOME\n',
  ],
  ['erasableSyntaxOnly', 'export enum State {\n  done,\n}\n'],
  ['verbatimModuleSyntax', "import { ErrorReport } from './cauce-error.ts'\nexport type E = ErrorReport\n"],
])('%s is in force', (_, text) => {
  using copy = copyHouse()
  copy.plant('packages/cauce/src/model/planted.ts', text)
  const { stdout } = runTool('tsc', ['-p', 'packages/cauce', '--pretty', 'false'], copy.root)
  expect(stdout).toContain('packages/cauce/src/model/planted.ts')
})
