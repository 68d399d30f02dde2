import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { houseFiles, houseRoot } from './house.ts'
import { linksIn, pathsIn } from './paths-in.ts'

const pages = houseFiles().filter((path) => path.endsWith('.md'))
const read = (path: string): string => readFileSync(join(houseRoot, path), 'utf8')

/** ARCHITECTURE.md speaks from the root or from the sources. */
const missingPaths = (markdown: string): readonly string[] =>
  pathsIn(markdown).filter(
    (path) => !['', 'packages/cauce/src'].some((base) => existsSync(join(houseRoot, base, path))),
  )

test('every path in ARCHITECTURE.md exists', () => {
  expect(pathsIn(read('ARCHITECTURE.md'))).not.toEqual([])
  expect(missingPaths(read('ARCHITECTURE.md'))).toEqual([])
})

test('a planted missing path is seen, words and code are not taken for paths', () => {
  const page =
    'See `packages/cauce/src/gone.ts`, `model/`, `Clock`, `--json`, `sftp://host/x`, `a b/c`.\n```\nx/y.ts\n```\n'
  expect(pathsIn(page)).toEqual(['packages/cauce/src/gone.ts', 'model/'])
  expect(missingPaths(page)).toEqual(['packages/cauce/src/gone.ts'])
})

test.each(pages)('every link in %s leads somewhere', (page) => {
  const broken = linksIn(read(page)).filter((to) => !existsSync(join(houseRoot, dirname(page), to)))
  expect(broken).toEqual([])
})

test('a planted broken link is seen, addresses and anchors are not followed', () => {
  expect(linksIn('[a](gone.md#part) [b](https://example.com) [c](#here)')).toEqual(['gone.md'])
})
