import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CliScene, SALES } from '../cli/cli-scene.ts'

test('help, in both languages, names every command and needs no project', async () => {
  using scene = new CliScene({})
  const english = await scene.cauce(['--help'])
  expect(english).toMatchObject({ code: 0, stderr: '' })
  for (const command of ['run', 'check', 'plan', 'status', 'runs', 'items', 'retry', 'rejects', 'completion'])
    expect(english.stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
  for (const words of [
    ['--help', '--lang', 'es'],
    ['--lang=es', '--help'],
  ])
    expect((await scene.cauce(words)).stdout).toContain('Opciones:')
  expect((await scene.cauce(['run', '--help'], { LANG: 'es_MX.UTF-8' })).stdout).toContain(
    'Opciones de toda orden:',
  )
  expect((await scene.cauce(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('a wrong command line ends with 64 and says what to write', async () => {
  using scene = new CliScene()
  const wrong = await scene.cauce(['run', '--jbos', '2', '--lang', 'es'])
  expect(wrong).toMatchObject({ code: 64, stdout: '' })
  expect(wrong.stderr).toContain('¿Quiso decir --jobs?')
  expect(wrong.stderr).toContain('cauce run --help')
  expect((await scene.cauce([])).code).toBe(64)
  const unknown = await scene.cauce(['run', 'ventsa'])
  expect(unknown.code).toBe(64)
  expect(unknown.stderr).toContain('Did you mean "ventas"?')
  expect((await scene.cauce(['retry', 'ventas', 'x.csv', '--all'])).code).toBe(64)
})

test('a broken project ends with 78 and names file, line and remedy', async () => {
  using scene = new CliScene({})
  const nothing = await scene.json(['run'])
  expect(nothing).toMatchObject({ code: 78, document: { runs: [] } })
  expect(nothing.stderr).toContain('declares no pipeline')
  expect((await scene.cauce(['run', '--project', './nowhere'])).stderr).toContain('--project')

  scene.write('syntax.ts', 'const a = 1\nexport default 3 +\n')
  const syntax = await scene.cauce(['run'])
  expect(syntax.code).toBe(78)
  expect(syntax.stderr).toContain(join(scene.folder, 'syntax.ts'))
  expect(syntax.stderr).toMatch(/Expression expected.*\(syntax\.ts:\d\)/)

  scene.write('syntax.ts', 'export default 3\n')
  scene.write('cauce.config.ts', 'throw new Error("no luck")\n')
  expect((await scene.cauce(['check', '--lang', 'es'])).stderr).toMatch(/no luck \(cauce\.config\.ts:1\)/)
  scene.write('cauce.config.ts', 'export default { pipelines: [] }\n')
  expect((await scene.cauce(['check'])).stderr).toContain('export default project({ pipelines: [ … ] })')
})

test('a package that is not installed where the project lies is named with the command that installs it', async () => {
  using scene = new CliScene({ 'x.ts': "import { nothing } from 'not-there'\nexport default nothing\n" })
  const { code, stderr } = await scene.cauce(['run'])
  expect(code).toBe(78)
  expect(stderr).toContain('npm install not-there')
})

test('only files with a default export are looked into, and those that are no pipeline are passed over', async () => {
  using scene = new CliScene({
    'ventas.ts': SALES,
    'script.ts': "import { writeFileSync } from 'node:fs'\nwriteFileSync('ran', '')\n",
    'other.ts': 'export default 42\n',
    'ventas.test.ts': 'export default nonsense\n',
  })
  expect(await scene.cauce(['check'])).toMatchObject({ code: 0, stderr: '' })
  expect(existsSync(join(scene.folder, 'ran'))).toBe(false)
})

test('two pipelines of one name are refused, with both files', async () => {
  using scene = new CliScene({ 'a.ts': SALES, 'b.ts': SALES.replace("'ventas', {", "'Ventas', {") })
  const { code, stderr } = await scene.cauce(['run'])
  expect(code).toBe(78)
  expect(stderr).toContain('(a.ts and b.ts)')
})

test('cauce.config.ts decides over the files beside it, and .env gives values that real variables overrule', async () => {
  using scene = new CliScene({
    'flujos/ventas.ts': SALES,
    'other.ts': SALES.replace("'ventas', {", "'otras', {"),
    'cauce.config.ts':
      "import { project, env } from 'cauce'\nimport ventas from './flujos/ventas.ts'\n" +
      "export default project({ pipelines: [ventas], home: env('CASA', './casa') })\n",
    '.env': 'VENTAS_DESTINO=duckdb:./from-dotenv.duckdb\nCASA=casita\n',
    'entrada/uno.csv': 'correo,piezas,dia\na@x.mx,1,01/02/2013\n',
  })
  expect((await scene.cauce(['plan', 'otras'])).code).toBe(64)
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  const made = (path: string): boolean => existsSync(join(scene.folder, path))
  expect([made('casita/ledger.db'), made('from-dotenv.duckdb'), made('ventas.duckdb')]).toEqual([
    true,
    true,
    false,
  ])
  const elsewhere = { VENTAS_DESTINO: 'duckdb:real.duckdb' }
  await scene.cauce(['run', '--home', 'otra', '--ledger', 'sqlite:otra.db'], elsewhere)
  expect([made('real.duckdb'), made('otra/rejects'), made('otra.db')]).toEqual([true, true, true])
})

test('check finds what is wrong in SQL, settings and declaration, and touches nothing', async () => {
  using scene = new CliScene({
    'ventas.ts': SALES.replace('dia IS NOT NULL', 'dai IS NOT NULL').replace('sum(piezas)', 'suma(piezas)'),
  })
  const checked = await scene.json(['check'], {
    VENTAS_DESTINO: 'oracle://x/y',
  })
  expect(checked.code).toBe(78)
  expect(checked.document).toMatchObject({
    pipelines: [
      {
        pipeline: 'ventas',
        file: 'ventas.ts',
        issues: [
          { where: 'contract.checks.con_dia', text: expect.stringContaining('"dai"') as string },
          { where: 'tables.clientes', text: expect.stringContaining('suma') as string },
          { where: expect.stringContaining('oracle') as string },
        ],
      },
    ],
  })

  scene.write('ventas.ts', SALES.replace("date('dd/MM/yyyy')", "date('dd/MM')"))
  const people = await scene.cauce(['check', '--lang', 'es'])
  expect(people.code).toBe(78)
  expect(people.stdout).toContain('contract.dia')
  expect(people.stdout).toContain('escríbalo con dd, MM, yyyy')
  const run = await scene.cauce(['run'])
  expect(run.code).toBe(78)
  expect(run.stderr).toContain('contract.dia')
  expect(existsSync(join(scene.folder, '.cauce'))).toBe(false)
})

test('plan tells source, rules and the columns of every table, and shows no password', async () => {
  using scene = new CliScene({
    'ventas.ts': SALES.replace("'duckdb:./ventas.duckdb'", "'mysql://ana:s3cret@db.example/ventas'"),
  })
  const people = await scene.cauce(['plan', 'ventas', '--lang', 'es'])
  expect(people.code).toBe(0)
  for (const part of [
    'VENTAS_ORIGEN, si no "./entrada"',
    'piezas:below_minimum',
    'al menos 0',
    'se suma',
    'clientes',
  ])
    expect(people.stdout).toContain(part)
  const { stdout } = await scene.json(['plan', 'ventas'])
  expect(people.stdout + stdout).toContain('db.example')
  expect(people.stdout + stdout).not.toContain('s3cret')
})

test('asking before anything ran says so, and leaves no ledger behind', async () => {
  using scene = new CliScene()
  for (const words of [['status'], ['runs'], ['items'], ['rejects']]) {
    const { code, stdout } = await scene.cauce(words)
    expect([code, stdout]).toEqual([0, expect.stringContaining('Start with: cauce run')])
  }
  expect((await scene.cauce(['items', 'show', 'x.csv'])).code).toBe(64)
  expect(existsSync(join(scene.folder, '.cauce'))).toBe(false)
})

test('completion knows commands, options and the pipelines of the project', async () => {
  using scene = new CliScene()
  const complete = async (...words: readonly string[]): Promise<string> =>
    (await scene.cauce(['complete', '--', ...words])).stdout
  const offered = await complete('re')
  for (const command of ['retry', 'rejects', 'resume', 'reload', 'report'])
    expect(offered).toMatch(new RegExp(`^${command}\\t`, 'm'))
  expect(await complete('run', '')).toMatch(/^ventas\tventas\.ts\n/)
  expect(await complete('run', '--j')).toMatch(/^--jobs\t.*\n--json\t/)
  expect((await scene.cauce(['completion', 'zsh'])).stdout).toMatch(/^#compdef cauce\n/)
})
