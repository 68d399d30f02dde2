import { expect, test } from 'vitest'
import { copyHouse, runTool } from './house.ts'

test('a planted badly formatted file is seen, and the house has no other', () => {
  using copy = copyHouse()
  copy.plant('packages/cauce/src/model/planted.ts', 'export const a = "1";\n')
  const { status, stdout } = runTool('oxfmt', ['--list-different', '.'], copy.root)
  expect(status).not.toBe(0)
  expect(stdout.trim().split('\n')).toEqual(['packages/cauce/src/model/planted.ts'])
})
