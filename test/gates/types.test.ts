import { expect, test } from 'vitest'
import { copyHouse, houseRoot, runTool } from './house.ts'

test('the compiler is TypeScript 7', () => {
  expect(runTool('tsc', ['-v'], houseRoot).stdout).toMatch(/^Version 7\./)
})

const wrong = "export const rows: number = 'many'\n"

/** What each strict setting must refuse; the sources have all of them in force. */
const plantsInSources: Readonly<Record<string, string>> = {
  'planted-wrong-type.ts': wrong,
  'planted-unchecked-index.ts': 'export const first = (xs: readonly string[]): string => xs[0]\n',
  'planted-optional.ts': 'export const o: { a?: string } = { a: undefined }\n',
  'planted-index-signature.ts': 'export const v = (env: Record<string, string>): unknown => env.HOME\n',
  'planted-enum.ts': 'export enum State {\n  done,\n}\n',
  'planted-import-of-a-type.ts':
    "import { ErrorReport } from './cauce-error.ts'\nexport type E = ErrorReport\n",
}

test.each([
  ['packages/cauce', 'packages/cauce/src/model/', plantsInSources],
  ['test', '', { 'test/gates/planted.ts': wrong, 'bench/planted.ts': wrong }],
  ['examples', 'examples/', { 'planted.ts': wrong }],
])('types of %s: every planted error is seen, and the house has no other', (program, folder, plants) => {
  using copy = copyHouse()
  const paths = Object.entries(plants).map(([name, text]) => {
    copy.plant(folder + name, text)
    return folder + name
  })
  const { stdout } = runTool('tsc', ['-p', program, '--pretty', 'false'], copy.root)
  const errors = stdout.split('\n').filter((line) => /\berror TS\d+/.test(line))
  const fileOf = (line: string): string => line.split('(')[0] ?? ''
  expect(new Set(errors.map(fileOf).filter((file) => paths.includes(file)))).toEqual(new Set(paths))
  expect(errors.filter((line) => !paths.includes(fileOf(line)))).toEqual([])
})
