import { once } from 'node:events'
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CliScene, HEADER, SALES } from '../cli/cli-scene.ts'

const ROWS = `${HEADER}ana@x.mx,3,01/02/2013\nbeto@x.mx,4,\n`

async function loaded(files: Readonly<Record<string, string>> = { 'ventas.ts': SALES }): Promise<CliScene> {
  const scene = new CliScene(files)
  scene.write('entrada/1.csv', ROWS)
  const { code, stderr } = await scene.cauce(['run', '--quiet'])
  expect(code, stderr).toBe(0)
  return scene
}

test('a question to the destination is answered as a table, or as JSON', async () => {
  using scene = await loaded()
  const sql = 'SELECT correo, piezas, dia FROM ventas ORDER BY piezas'
  const { code, stdout, stderr } = await scene.cauce(['sql', sql])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n')).toEqual([
    '  correo     piezas  dia',
    '  ana@x.mx        3  2013-02-01',
    '  beto@x.mx       4  NULL',
    '  2 rows.',
    '',
  ])
  expect((await scene.json(['sql', sql, '--limit', '1'])).document).toEqual({
    columns: ['correo', 'piezas', 'dia'],
    rows: [{ correo: 'ana@x.mx', piezas: 3, dia: '2013-02-01' }],
    hasMore: true,
  })
  const limited = await scene.cauce(['sql', sql, '--limit', '1', '--lang', 'es'])
  expect(limited.stdout).toContain('La primera fila; hay más: --limit las muestra.')
})

test('values obey nothing, names that come twice are told apart, long ones are cut', async () => {
  using scene = await loaded()
  const sql = "SELECT 'a' || chr(27) || '[2J' AS x, repeat('ñ', 700) AS x"
  const { stdout } = await scene.cauce(['sql', sql])
  expect(stdout).toContain(String.raw`a\x1b[2J`)
  expect(stdout).toContain(`${'ñ'.repeat(500)}…`)
  const { document } = await scene.json(['sql', sql])
  expect(document).toMatchObject({ rows: [{ x: 'a\x1b[2J' }] })
  expect(Object.values((document as { rows: Record<string, string>[] }).rows[0] ?? {})).toContain(
    'ñ'.repeat(700),
  )
})

test('what would write, or cannot be understood, is refused with 64; nothing changes and nothing is made', async () => {
  using scene = await loaded()
  const refused = await scene.cauce(['sql', 'DELETE FROM ventas'])
  expect([refused.code, refused.stderr]).toEqual([64, expect.stringContaining('one statement that reads')])
  const misspelt = await scene.cauce(['sql', 'SELECT * FROM venta'])
  expect([misspelt.code, misspelt.stderr]).toEqual([64, expect.stringContaining('Did you mean "ventas"?')])
  const beside = await scene.cauce(['sql', "SELECT * FROM read_text('/etc/passwd')"])
  expect([beside.code, beside.stderr]).toEqual([64, expect.stringContaining('Cannot access file')])
  using fresh = new CliScene()
  const nothing = await fresh.cauce(['sql', 'SELECT 1'])
  expect([nothing.code, nothing.stderr]).toEqual([64, expect.stringContaining('nothing was loaded')])
})

test('where pipelines have different destinations, one must be named', async () => {
  const other = SALES.replaceAll("'ventas'", "'otras'").replaceAll('ventas.duckdb', 'otras.duckdb')
  using scene = await loaded({
    'ventas.ts': SALES,
    'otras.ts': other.replace("detail: 'otras'", "detail: 'ventas'"),
  })
  const which = await scene.cauce(['sql', 'SELECT 1'])
  expect([which.code, which.stderr]).toEqual([64, expect.stringContaining('--pipeline')])
  const named = await scene.json(['sql', 'SELECT count(*) AS n FROM ventas', '--pipeline', 'otras'])
  expect(named.document).toMatchObject({ rows: [{ n: 2 }] })
  // Where all have the same, none needs to be.
  const same = { VENTAS_DESTINO: 'duckdb:ventas.duckdb' }
  const { stdout } = await scene.cauce(['sql', 'SHOW TABLES', '--json'], same)
  expect(stdout).toContain('clientes')
  const run = await scene.cauce(['run'], { VENTAS_DESTINO: '' })
  expect(run.stdout).toContain('cauce sql "SELECT * FROM clientes LIMIT 10" --pipeline otras')
})

test('a file that is being written is waited for', async () => {
  using scene = await loaded()
  scene.write(
    'writer.mjs',
    `import { createRequire } from 'node:module'
const { DuckDBInstance } = createRequire(${JSON.stringify(join(import.meta.dirname, 'x.js'))})('@duckdb/node-api')
const instance = await DuckDBInstance.create(${JSON.stringify(join(scene.folder, 'ventas.duckdb'))})
process.send('writing')
setTimeout(() => { instance.closeSync(); process.exit() }, 1500)
`,
  )
  const writer = fork(join(scene.folder, 'writer.mjs'), { execArgv: [] })
  await once(writer, 'message')
  const { code, stdout, stderr } = await scene.cauce(['sql', 'SELECT count(*) AS n FROM ventas', '--json'])
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ rows: [{ n: 2 }] })
  expect(writer.exitCode).toBe(0)
})
