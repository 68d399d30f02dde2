import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { copyHouse, runTool } from './house.ts'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
}

interface Issue {
  readonly file: string
  readonly files?: readonly unknown[]
  readonly exports?: readonly { readonly name: string }[]
  readonly dependencies?: readonly { readonly name: string }[]
}

const orphan = 'packages/cauce/src/model/planted-orphan.ts'
const host = 'packages/cauce/src/cli/planted-host.ts'
const main = 'packages/cauce/src/cli/main.ts'

test('a planted orphan file, orphan export and unused package are found', () => {
  using copy = copyHouse()
  copy.plant(orphan, 'export const nobodyImports = 1\n')
  copy.plant(host, 'export const used = 1\nexport const nobodyUses = 2\n')
  copy.plant(main, "import { used } from './planted-host.ts'\nconsole.log(used)\n")
  const manifest = JSON.parse(
    readFileSync(join(copy.root, 'packages/cauce/package.json'), 'utf8'),
  ) as Manifest
  const dependencies = { ...manifest.dependencies, yaml: '2.0.0' }
  copy.plant('packages/cauce/package.json', JSON.stringify({ ...manifest, dependencies }))
  const found = knip(copy.root).flatMap(words)
  expect(found).toContain(`${orphan} is not used`)
  expect(found).toContain(`${host} exports nobodyUses for nobody`)
  expect(found).toContain('packages/cauce/package.json: dependencies yaml')
})

test('the house has no dead code', () => {
  using copy = copyHouse()
  expect(knip(copy.root).flatMap(words)).toEqual([])
})

function knip(root: string): readonly Issue[] {
  const { stdout, stderr } = runTool('knip', ['--reporter', 'json', '--no-progress'], root)
  if (!stdout.startsWith('{')) throw new Error(`knip said: ${stdout}${stderr}`)
  return (JSON.parse(stdout) as { readonly issues: readonly Issue[] }).issues
}

function words(issue: Issue): readonly string[] {
  return Object.entries(issue).flatMap(([kind, found]) => {
    if (!Array.isArray(found) || found.length === 0) return []
    if (kind === 'files') return [`${issue.file} is not used`]
    const names = found.map((one: { readonly name?: string }) => one.name ?? '?')
    if (kind === 'exports') return names.map((name) => `${issue.file} exports ${name} for nobody`)
    return names.map((name) => `${issue.file}: ${kind} ${name}`)
  })
}
