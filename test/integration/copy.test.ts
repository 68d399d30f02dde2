import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { CliScene } from '../cli/cli-scene.ts'
import { describeNeeding, sharedMinio, sharedPostgres } from '../servers/shared-servers.ts'

const PEOPLE = `
import { contract, integer, text } from 'cauce'
export const people = contract('people', { id: text(), name: text(), age: integer().min(0) })
`

const scene = () => new CliScene({ 'people.ts': PEOPLE })

async function rows({ folder }: CliScene, sql: string): Promise<unknown> {
  const instance = await DuckDBInstance.create(join(folder, 'x.duckdb'), { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

test('files of three formats become one table in the types their rows have, once; a changed one takes the place of its rows', async () => {
  using cli = scene()
  cli.write('in/a.csv', 'id,name,age\n001,Ana,30\n002,Luis,41\n')
  cli.write('in/b.ndjson', '{"id":"003","name":"Eva","age":25}\n')
  cli.write('in/c.json', '[{"id":"004","name":"Zoe","age":7}]')
  const copy = ['copy', 'in', 'duckdb:./x.duckdb#people']
  const first = await cli.json(copy)
  expect(first.code, first.stderr).toBe(0)
  expect(first.document).toMatchObject({
    runs: [{ state: 'done', totals: { items: 3, read: 4, loaded: 4 } }],
  })
  expect(await rows(cli, 'SELECT id, name, age FROM people ORDER BY id')).toEqual([
    ['001', 'Ana', '30'],
    ['002', 'Luis', '41'],
    ['003', 'Eva', '25'],
    ['004', 'Zoe', '7'],
  ])
  const again = await cli.cauce([...copy, '--detailed-exit-codes'])
  expect(again.code).toBe(99)
  cli.write('in/a.csv', 'id,name,age\n001,Ana,31\n')
  expect((await cli.cauce(copy)).code).toBe(0)
  expect(await rows(cli, 'SELECT id, age FROM people ORDER BY id')).toEqual([
    ['001', '31'],
    ['003', '25'],
    ['004', '7'],
  ])
})

test('under a contract rows are merged by key and broken ones kept aside; what cannot be is refused before anything is made', async () => {
  using cli = scene()
  cli.write('a.csv', 'id,name,age\n1,Ana,30\n2,Luis,-1\n')
  cli.write('b.csv', 'id,name,age\n1,Ana María,31\n')
  const to = ['duckdb:./x.duckdb#people', '--mode', 'upsert', '--key', 'id', '--contract', 'people.ts']
  const copied = await cli.json(['copy', 'a.csv', ...to])
  expect(copied.document).toMatchObject({
    runs: [{ state: 'done_with_rejects', totals: { read: 2, loaded: 1, rejected: 1 } }],
  })
  expect((await cli.cauce(['copy', 'b.csv', ...to])).code).toBe(0)
  expect(await rows(cli, 'SELECT id, name, age FROM people')).toEqual([['1', 'Ana María', '31']])
  rmSync(join(cli.folder, 'x.duckdb'))
  for (const [words, said] of [
    [['copy', 'a.csv', 'duckdb:./x.duckdb#p', '--mode', 'upsert', '--key', 'id'], '--contract'],
    [['copy', 'none.csv', 'duckdb:./x.duckdb#p'], 'none.csv'],
    [['copy', 'a.csv', 'x.duckdb'], 'is no destination'],
    [['copy', 'a.csv', 'duckdb:./x.duckdb#p', '--contract', 'people.ts#nobody'], 'people.ts#people'],
  ] as const) {
    const refused = await cli.cauce(words)
    expect(refused.code).toBe(78)
    expect(refused.stderr).toContain(said)
  }
})

test('a dry run tells files, table and columns, and makes nothing', async () => {
  using cli = scene()
  cli.write('in/a.csv', 'id,name,age\n')
  const { document, code } = await cli.json([
    'copy',
    'in/*.csv',
    'duckdb:./x.duckdb#p',
    '--contract',
    'people.ts',
    '--dry-run',
  ])
  expect(code).toBe(0)
  expect(document).toMatchObject({ files: 1, keys: ['a.csv'], table: 'p', columns: ['id', 'name', 'age'] })
  expect((await cli.cauce(['sql', 'SHOW TABLES'])).code).not.toBe(0)
})

describeNeeding('postgres', 'minio')('a copy from a bucket into PostgreSQL', () => {
  test('goes into the schema and table named, each version once, and its passwords are kept nowhere', async () => {
    using cli = scene()
    const minio = sharedMinio()
    const database = await sharedPostgres().createDatabase()
    const bucket = await minio.createBucket()
    await bucket.put('in/a.csv', 'id,name,born\n007,Ana,2001-02-03\n')
    await bucket.put('in/b.csv', 'id,name,born\n008,Peña,\n')
    const from = minio.url(`${bucket.name}/in/*.csv`)
    const copy = ['copy', from, `${database.url}#paso.gente`]
    const copied = await cli.json(copy)
    expect(copied.code, copied.stderr).toBe(0)
    expect(copied.document).toMatchObject({ runs: [{ totals: { items: 2, read: 2, loaded: 2 } }] })
    expect(await database.query('select id, name, born::text from paso.gente order by id')).toEqual([
      { id: '007', name: 'Ana', born: '2001-02-03' },
      { id: '008', name: 'Peña', born: null },
    ])
    const again = await cli.json(copy)
    expect(again.document).toMatchObject({ runs: [{ totals: { items: 0 } }] })
    const told = [copied, again].map(({ stdout, stderr }) => stdout + stderr).join('') + keptBy(cli)
    for (const secret of [minio.secretKey, new URL(database.url).password]) expect(told).not.toContain(secret)
    await database.drop()
  })
})

function keptBy({ folder }: CliScene): string {
  const home = join(folder, '.cauce')
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n')
}
