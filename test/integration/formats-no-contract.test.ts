import { expect, test } from 'vitest'
import { CliScene } from '../cli/cli-scene.ts'

const PIPELINE = `
import { append, files, pipeline, rejects, valid } from 'cauce'

export default pipeline('cosas', {
  from: files('./entrada', '*'),
  tables: { cosas: append(valid), malas: append(rejects) },
  into: 'duckdb:./cosas.duckdb',
})
`

const FILES = {
  'cosas.ts': PIPELINE,
  'entrada/a.csv': 'id,codigo,dia\n1,007,2024-01-31\n2,008,\n',
  'entrada/b.ndjson': '{"codigo":"009","id":3,"dia":"2024-02-29"}\nbroken\n',
}

test('a pipeline without a contract loads files in the types all their rows have', async () => {
  using scene = new CliScene(FILES)
  expect(await scene.json(['run'])).toMatchObject({
    code: 0,
    document: { runs: [{ totals: { items: 2, read: 4, loaded: 3, rejected: 1 } }] },
  })
  const { document } = await scene.json([
    'sql',
    'SELECT id, codigo, dia, typeof(id) AS t FROM cosas ORDER BY id',
  ])
  expect(JSON.stringify(document)).toContain('007')
  expect(JSON.stringify(document)).toContain('BIGINT')
})

test('it can be checked and shown, and merges nothing it does not know', async () => {
  using scene = new CliScene(FILES)
  expect((await scene.cauce(['check'])).code).toBe(0)
  expect((await scene.cauce(['plan', 'cosas'])).stdout).toContain('the columns of each file')
  scene.write(
    'cosas.ts',
    PIPELINE.replace(
      'append(valid)',
      "upsert({ key: 'id', from: valid, merge: { codigo: 'replace' } })",
    ).replace('{ append,', '{ append, upsert,'),
  )
  const { code, stdout, stderr } = await scene.cauce(['check'])
  expect(code).toBe(78)
  expect(stdout + stderr).toContain('needs columns that are known beforehand')
})
