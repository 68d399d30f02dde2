import { expect, test } from 'vitest'
import { copyHouse, runTool } from './house.ts'

interface Finding {
  readonly code: string
  readonly filename: string
  readonly message: string
}

const folder = 'packages/cauce/src/model/planted'

/** One fault each, with the rule that must see it. */
const plants: Readonly<Record<string, readonly [rule: string, text: string]>> = {
  'floating-promise.ts': [
    'typescript(no-floating-promises)',
    'async function work(): Promise<void> {}\nexport function start(): void {\n  work()\n}\n',
  ],
  'asks-the-machine.ts': [
    'eslint(no-restricted-properties)',
    'export const startedAt = (): number => Date.now()\n',
  ],
  'by-chance.ts': ['eslint(no-restricted-properties)', 'export const dice = (): number => Math.random()\n'],
  'default-export.ts': ['import(no-default-export)', 'export default 1\n'],
  'missing-case.ts': [
    'typescript(switch-exhaustiveness-check)',
    "export function weight(state: 'a' | 'b'): number {\n  switch (state) {\n    case 'a':\n      return 1\n  }\n  return 0\n}\n",
  ],
  'any-type.ts': ['typescript(no-explicit-any)', 'export const trust = (x: any): string => String(x.name)\n'],
  'cycle-a.ts': ['import(no-cycle)', "import { b } from './cycle-b.ts'\nexport const a = (): unknown => b\n"],
  'cycle-b.ts': ['import(no-cycle)', "import { a } from './cycle-a.ts'\nexport const b = (): unknown => a\n"],
  'thrown-text.ts': ['typescript(only-throw-error)', "export function fail(): never {\n  throw 'no'\n}\n"],
  'BadName.ts': ['unicorn(filename-case)', 'export const badName = 1\n'],
  'long-file.ts': [
    'eslint(max-lines)',
    Array.from({ length: 401 }, (_, i) => `export const n${i} = ${i}\n`).join(''),
  ],
  'long-function.ts': [
    'eslint(max-lines-per-function)',
    `export function long(): void {\n${'  console.log(1)\n'.repeat(60)}}\n`,
  ],
}

test('lint finds every planted fault by its rule, and nothing else in the house', () => {
  using copy = copyHouse()
  for (const [name, [, text]] of Object.entries(plants)) copy.plant(`${folder}/${name}`, text)
  const { stdout, stderr } = runTool('oxlint', ['--format', 'json'], copy.root)
  if (!stdout.startsWith('{')) throw new Error(`oxlint said: ${stdout}${stderr}`)
  const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Finding[] }
  const seen = new Set(diagnostics.map(({ code, filename }) => `${filename} ${code}`))
  const expected = Object.entries(plants).map(([name, [rule]]) => `${folder}/${name} ${rule}`)
  expect(expected.filter((finding) => !seen.has(finding))).toEqual([])
  const inTheHouse = diagnostics.filter(({ filename }) => !filename.startsWith(folder))
  expect(inTheHouse.map(({ filename, code, message }) => `${filename}: ${code} ${message}`)).toEqual([])
})
