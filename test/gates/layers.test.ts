import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { houseRoot } from './house.ts'
import { importsIn, loadedBy } from './imports.ts'
import { layerViolations } from './layers.ts'

const sources = join(houseRoot, 'packages/cauce/src')

/** What a user's machine may lack, or pays for only when used. */
const drivers = new Set([
  'mysql2',
  'mysql2/promise',
  'ssh2-sftp-client',
  '@duckdb/node-api',
  'kysely',
  'node:sqlite',
  'pg',
  'pg-copy-streams',
  'yauzl',
])

test('no source file imports a layer above its own', () => {
  const imports = importsIn(sources)
  expect(imports.length).toBeGreaterThan(10)
  expect(layerViolations(imports)).toEqual([])
})

test.each([
  ['plan/x.ts', "import { a } from '../perform/a.ts'", 'perform stands above plan'],
  ['plan/x.ts', "import type { A } from '../cli/a.ts'", 'cli stands above plan'],
  ['model/x.ts', "export { a } from '../pipeline/a.ts'", 'pipeline stands above model'],
  ['model/x.ts', "export * from '../pipeline/a.ts'", 'pipeline stands above model'],
  ['dispatch/x.ts', "export const f = () => import('../ops/a.ts')", 'ops stands above dispatch'],
  ['engine/duckdb/x.ts', "import { a } from '../../formats/csv/a.ts'", 'engine and formats do not know'],
  ['formats/csv/x.ts', "import { a } from '../../engine/duckdb/a.ts'", 'formats and engine do not know'],
  ['connectors/mysql/x.ts', "import { a } from '../duckdb/a.ts'", 'mysql and duckdb do not know each other'],
  ['perform/x.ts', "import { a } from '../ledger/a.ts'", 'perform must not know ledger'],
  ['ledger/x.ts', "import { a } from '../connectors/a.ts'", 'ledger must not know connectors'],
  ['ops/x.ts', "import { a } from '../index.ts'", 'it is the public face'],
  ['ops/x.ts', "import { a } from 'cauce'", 'by relative path'],
  ['ops/x.ts', "import { a } from '../../../bench/a.ts'", 'outside the sources'],
  ['helpers/x.ts', "import { a } from '../model/a.ts'", 'helpers is not in the order'],
  [
    'dispatch/x.ts',
    "import { createConnection } from 'mysql2/promise'",
    'mysql2 is known by connectors/mysql',
  ],
])('a planted violation is seen: %s with %s', (path, text, reason) => {
  const found = withPlants({ [path]: text }, (root) => layerViolations(importsIn(root)))
  expect(found).toEqual([expect.stringContaining(reason)])
})

test.each([
  ['perform/x.ts', "import { a } from '../connectors/registry.ts'"],
  ['connectors/mysql/x.ts', "import { a } from '../registry.ts'"],
  ['connectors/registry.ts', "export const f = () => import('./mysql/a.ts')"],
  ['index.ts', "export { a } from './dispatch/a.ts'"],
])('an import that points down is allowed: %s with %s', (path, text) => {
  expect(withPlants({ [path]: text }, (root) => layerViolations(importsIn(root)))).toEqual([])
})

test.each(['index.ts', 'cli/main.ts'])('loading %s loads no driver and no engine', (entry) => {
  if (!existsSync(join(sources, entry))) throw new Error(`${entry} is missing`)
  const loaded = loadedBy(entry, importsIn(sources))
  expect([...loaded].filter((name) => drivers.has(name))).toEqual([])
})

test('a driver loaded on the way is seen, a lazy one and a type are not', () => {
  const plants = {
    'index.ts': "import { a } from './a.ts'",
    'a.ts':
      "import { b } from './b.ts'\nimport type { C } from 'kysely'\nexport const f = () => import('yauzl')",
    'b.ts': "import mysql from 'mysql2'",
  }
  const loaded = withPlants(plants, (root) => loadedBy('index.ts', importsIn(root)))
  expect([...loaded]).toEqual(['index.ts', 'a.ts', 'b.ts', 'mysql2'])
})

function withPlants<T>(plants: Readonly<Record<string, string>>, look: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'cauce-layers-'))
  try {
    for (const [path, text] of Object.entries(plants)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return look(root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
