import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CliScene, HEADER, SALES } from '../cli/cli-scene.ts'

const GOOD = `${HEADER}a@x.mx,1,01/02/2013\nb@x.mx,2,\n`
const WITH_REJECTS = `${HEADER}a@x.mx,3,01/02/2013\nnobody,4,01/02/2013\nc@x.mx,-1,31/02/2013\n`
const WRONG_LAYOUT = 'correo,otra\na@x.mx,1\n'

test('--json prints exactly the agreed document and nothing else', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', GOOD)
  scene.write('entrada/2.csv', WITH_REJECTS)
  const { code, stderr, document } = await scene.json(['run'])
  expect([code, stderr]).toEqual([0, ''])
  const counts = (read: number, loaded: number, rejected: number, warnings: number) => ({
    read,
    loaded,
    rejected,
    skipped: 0,
    warnings,
  })
  expect(document).toStrictEqual({
    runs: [
      {
        pipeline: 'ventas',
        run: expect.stringMatching(/^[0-9A-Z]{26}$/) as string,
        state: 'done_with_rejects',
        items: [
          { key: '1.csv', state: 'ready', label: 'LISTO', ...counts(2, 2, 0, 1) },
          { key: '2.csv', state: 'ready_with_rejects', label: 'ready_with_rejects', ...counts(3, 1, 2, 0) },
        ],
        totals: { items: 2, ...counts(5, 3, 2, 1) },
      },
    ],
  })
})

test('exit codes: rejects and nothing to do are told apart only when asked; a wrong file is 65 once, then it waits', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', WITH_REJECTS)
  expect((await scene.cauce(['run', '--detailed-exit-codes', '--quiet'])).code).toBe(10)
  expect((await scene.cauce(['run', '--detailed-exit-codes', '--quiet'])).code).toBe(99)
  scene.write('entrada/2.csv', WRONG_LAYOUT)
  const failed = await scene.json(['run'])
  expect(failed.code).toBe(65)
  expect(failed.stderr).toContain('2.csv does not have the agreed columns')
  const again = await scene.json(['run'])
  expect(again.code).toBe(0)
  expect(again.document).toMatchObject({
    runs: [
      {
        state: 'done',
        items: [{ key: '2.csv', state: 'failed_layout', label: 'MALO' }],
        totals: { items: 0 },
      },
    ],
  })
})

test('a source that is not there is 78, a destination nobody listens at 75, a bad setting 78', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', GOOD)
  const missing = await scene.json(['run'], { VENTAS_ORIGEN: './nowhere' })
  expect(missing.code).toBe(78)
  expect(missing.document).toMatchObject({ runs: [{ state: 'failed', items: [], totals: { items: 0 } }] })
  expect(missing.stderr).toContain(join(scene.folder, 'nowhere'))
  const gone = await scene.cauce(['run'], { VENTAS_DESTINO: 'mysql://ana:s3cret@127.0.0.1:1/ventas' })
  expect(gone.code).toBe(75)
  expect(gone.stdout + gone.stderr).not.toContain('s3cret')
  expect((await scene.cauce(['run'], { VENTAS_DESTINO: 'ftp://x' })).code).toBe(78)
})

test('for people: a line per item, what went wrong with its remedy, and where to look; progress on standard error', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', WITH_REJECTS)
  scene.write('entrada/2.csv', WRONG_LAYOUT)
  const { stdout, stderr } = await scene.cauce(['run', '--lang', 'es'])
  expect(stdout).toMatch(/^ventas {2}falló/)
  expect(stdout).toMatch(/^ {2}1\.csv +ready_with_rejects +3 +1 +2 +0 +0$/m)
  expect(stdout).toMatch(/^ {2}2\.csv +MALO +0 +0 +0 +0 +0$/m)
  expect(stdout).toMatch(/^ {2}2 lotes +3 +1 +2 +0 +0$/m)
  expect(stdout).toContain('2.csv no tiene las columnas acordadas')
  expect(stdout).toContain('cauce retry ventas 2.csv')
  expect(stdout).toContain('cauce rejects show 1.csv')
  expect(stdout).toContain(join(scene.folder, 'ventas.duckdb'))
  expect(stderr).toContain('ventas: 2 archivos encontrados, 2 nuevos')
  expect(stderr).toContain('3 leídas, 1 cargadas, 2 rechazadas')
  expect(stdout + stderr).not.toContain('\x1b')
})

test('what a name makes a terminal do is shown, not done, and the item is named by its number', async () => {
  using scene = new CliScene()
  scene.write('entrada/a\nb\x1b[2J.csv', WRONG_LAYOUT)
  const { stdout, stderr } = await scene.cauce(['run'])
  expect(stdout).toContain('a\\nb\\x1b[2J.csv')
  expect(stdout).toContain('cauce retry ventas 1')
  expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/\p{Control}/u)
})

test('several pipelines run one after another; one that cannot does not keep the next from running', async () => {
  using scene = new CliScene({
    'a.ts': SALES.replace("'ventas', {", "'primera', {").replace('./entrada', './nowhere'),
    'b.ts': SALES,
  })
  scene.write('entrada/1.csv', GOOD)
  const { code, document } = await scene.json(['run'])
  expect(code).toBe(78)
  expect(document).toMatchObject({
    runs: [
      { pipeline: 'primera', state: 'failed' },
      { pipeline: 'ventas', state: 'done', totals: { loaded: 2 } },
    ],
  })
})

test('the ledger is told by status, runs, items and items show', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', GOOD)
  scene.write('entrada/2.csv', WRONG_LAYOUT)
  await scene.cauce(['run', '--quiet'])
  const status = await scene.cauce(['status'])
  expect(status.stdout).toMatch(/^ {2}ventas +failed +\S.* +1 +0 +0 +1 +2 +0$/m)
  expect(status.stdout).toContain('cauce retry ventas 2.csv')
  expect(await scene.json(['status'])).toMatchObject({
    document: {
      pipelines: [
        { pipeline: 'ventas', items: { ready: 1, failed_layout: 1 }, lastRun: { state: 'failed' } },
      ],
    },
  })
  expect(await scene.json(['runs'])).toMatchObject({
    document: { runs: [{ state: 'failed', totals: { items: 2 } }] },
  })
  expect(await scene.json(['items', '--state', 'failed_layout', '--state', 'refused'])).toMatchObject({
    document: {
      items: [{ key: '2.csv', label: 'MALO', error: { code: 'LAYOUT_COLUMNS', class: 'layout' } }],
    },
  })
  expect(await scene.json(['items', '--key', '1.'])).toMatchObject({
    document: { items: [{ key: '1.csv' }] },
  })
  const shown = await scene.cauce(['items', 'show', '1.csv', '--lang', 'es'])
  expect(shown.stdout).toContain('LISTO (ready), 1 intento')
  expect(shown.stdout).toContain('no se cumple la comprobación "con_dia"')
  expect(shown.stdout).toMatch(/pending +extracting/)
  expect(await scene.json(['items', 'show', '2'])).toMatchObject({
    document: { key: '2.csv', attempts: [{ number: 1, outcome: 'failed_layout' }] },
  })
})

test('retry sends a failed item back, refuses one that went well, and the next run takes it', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', GOOD)
  scene.write('entrada/2.csv', WRONG_LAYOUT)
  await scene.cauce(['run', '--quiet'])
  const refused = await scene.cauce(['retry', 'ventas', '1.csv'])
  expect([refused.code, refused.stderr]).toEqual([64, expect.stringContaining('1.csv: is LISTO')])
  expect(await scene.json(['retry', 'ventas', '--all'])).toMatchObject({
    code: 0,
    document: { retried: [{ key: '2.csv', state: 'pending' }], refused: [] },
  })
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(65)
})

test('rejects are listed, shown, exported, mended and replayed: each row once', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', WITH_REJECTS)
  await scene.cauce(['run', '--quiet'])
  expect(await scene.json(['rejects'])).toMatchObject({
    document: {
      items: [{ key: '1.csv', rejected: 2, replayed: 0 }],
      rules: [{ code: 'correo:invalid' }, { code: 'dia:not_a_date' }, { code: 'piezas:below_minimum' }],
    },
  })
  const shown = await scene.cauce(['rejects', 'show', '1.csv', '--lang', 'es', '--rule', 'dia:not_a_date'])
  expect(shown.stdout).toContain('c@x.mx,-1,31/02/2013')
  expect(shown.stdout).toContain('piezas es menor que el mínimo permitido')
  expect(shown.stdout).not.toContain('nobody')
  expect((await scene.cauce(['rejects', 'export', '1.csv', '--out', 'mend.csv'])).code).toBe(0)
  expect((await scene.cauce(['rejects', 'export', '1.csv', '--out', 'mend.csv'])).code).toBe(64)
  const path = join(scene.folder, 'mend.csv')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/,nobody,4,/, ',nobody@x.mx,4,'))
  const replay = await scene.json(['rejects', 'replay', '1.csv', '--file', 'mend.csv'])
  expect(replay).toMatchObject({
    code: 0,
    document: {
      runs: [{ state: 'done_with_rejects', totals: { items: 1, read: 2, loaded: 1, rejected: 1 } }],
    },
  })
  await scene.cauce(['rejects', 'replay', '1.csv', '--file', 'mend.csv'])
  expect(await scene.json(['rejects'])).toMatchObject({
    document: { items: [{ key: '1.csv', replayed: 1 }] },
  })
  expect((await scene.cauce(['rejects', 'replay', '1.csv', '--file', 'gone.csv'])).code).toBe(64)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s rolls back what is in hand, tells so with %i, and the next run does it all',
  async (signal, exitCode) => {
    using scene = new CliScene()
    scene.write('entrada/big.csv', HEADER + 'a@x.mx,1,01/02/2013\n'.repeat(600_000))
    const { child, ended } = scene.start(['run', '--json'])
    while (!existsSync(join(scene.folder, '.cauce/spool'))) await setTimeout(20)
    await setTimeout(700)
    child.kill(signal)
    const { code, stdout } = await ended
    expect(code).toBe(exitCode)
    expect(JSON.parse(stdout)).toMatchObject({
      runs: [{ state: 'interrupted', items: [{ key: 'big.csv', state: 'pending', loaded: 0 }] }],
    })
    expect(await scene.json(['run'])).toMatchObject({
      code: 0,
      document: { runs: [{ state: 'done', totals: { loaded: 600_000 } }] },
    })
  },
)
