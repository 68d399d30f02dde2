import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CliScene, HEADER, SALES } from '../cli/cli-scene.ts'

const GOOD = `${HEADER}a@x.mx,1,01/02/2013\nb@x.mx,2,\n`
const WITH_REJECTS = `${HEADER}a@x.mx,3,01/02/2013\nnobody,4,01/02/2013\nc@x.mx,-1,31/02/2013\n`
const WRONG_LAYOUT = 'correo,otra\na@x.mx,1\n'

interface LogsDocument {
  readonly item: { readonly key: string } | null
  readonly day: string | null
  readonly lines: readonly Readonly<Record<string, unknown>>[]
}

/** Everything in the folder of logs, by file. */
function logsOf(scene: CliScene): Readonly<Record<string, string>> {
  const logs = join(scene.folder, '.cauce/logs')
  const days = readdirSync(logs)
  expect(days).toHaveLength(1)
  const folder = join(logs, days[0] ?? '')
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  )
}

test('a run leaves a log of itself and one of every file; cauce logs shows them', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', WITH_REJECTS)
  scene.write('entrada/2.csv', WRONG_LAYOUT)
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(65)
  const names = Object.keys(logsOf(scene))
  expect(names).toEqual(['1.log', '2.log', expect.stringMatching(/^orchestrator_\d{8}\.log$/)])

  const whole = (await scene.json(['logs'])).document as LogsDocument
  const eventsOf = ({ lines }: LogsDocument): readonly string[] => lines.map(({ event }) => String(event))
  expect(eventsOf(whole).toSorted((one, other) => one.localeCompare(other))).toEqual([
    'discovered',
    'item-failed',
    'item-loaded',
    'item-quarantined',
    'item-started',
    'item-started',
    'run-closed',
  ])
  expect(whole.lines.at(-1)).toMatchObject({
    pipeline: 'ventas',
    state: 'failed',
    items: 2,
    read: 3,
    rejected: 2,
  })

  const loaded = (await scene.json(['logs', '1.csv'])).document as LogsDocument
  expect(loaded.item).toMatchObject({ key: '1.csv', pipeline: 'ventas' })
  expect(eventsOf(loaded)).toEqual([
    'item-started',
    'stage-started',
    'stage-ended',
    'stage-started',
    'stage-ended',
    'stage-started',
    'stage-ended',
    'stage-started',
    'stage-ended',
    'rule-broken',
    'rule-broken',
    'rule-broken',
    'item-loaded',
  ])
  const failed = (await scene.json(['logs', '2.csv', '--level', 'error'])).document as LogsDocument
  expect(failed.lines).toMatchObject([
    { event: 'item-failed', label: 'MALO', error: { code: 'LAYOUT_COLUMNS', class: 'layout' } },
  ])

  const shown = await scene.cauce(['logs', '2.csv', '--lang', 'es'])
  expect(shown.stdout).toMatch(/✗ MALO en el intento 1: 2\.csv no tiene las columnas acordadas: /)
  expect((await scene.cauce(['logs', '--level', 'warn', '--pipeline', 'none'])).stdout).toContain('No lines.')
  expect((await scene.cauce(['logs', '--limit', '1'])).stdout).toMatch(
    /These are the last 1 lines[^\n]*\n[^\n]*run closed|run \S+ closed/,
  )
  expect((await scene.cauce(['logs', 'nowhere.csv'])).code).toBe(64)
  expect((await scene.cauce(['logs', '--day', 'yesterday'])).stderr).toContain('"yesterday" is not a day')
})

test('no password of a project stands in its logs, whichever way it failed', async () => {
  const project = SALES.replace("'duckdb:./ventas.duckdb'", "'unused'").replace(
    '  states:',
    '  retry: { attempts: 1 },\n  states:',
  )
  using scene = new CliScene({ 'ventas.ts': project })
  scene.write('entrada/1.csv', GOOD)
  const password = 'p@ss w%rd"7'
  const url = `mysql://etl:${encodeURIComponent(password)}@127.0.0.1:1/visitas?timeout=1`
  const ended = await scene.cauce(['run'], { VENTAS_DESTINO: url })
  expect(ended.code).toBe(75)
  const told = Object.values(logsOf(scene)).join('')
  expect(told).toContain('DESTINATION_UNREACHABLE')
  expect(told).toContain('stage-retried')
  for (const spelled of [
    password,
    encodeURIComponent(password),
    JSON.stringify(password).slice(1, -1),
    'w%rd',
  ])
    expect(told + ended.stdout + ended.stderr).not.toContain(spelled)
})

test('--follow shows what is added until it is interrupted, and ends well', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', GOOD)
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  const following = scene.start(['logs', '--follow', '--json'])
  await setTimeout(1_000)
  scene.write('entrada/2.csv', GOOD.replace('a@x.mx', 'c@x.mx'))
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  await setTimeout(1_000)
  following.child.kill('SIGINT')
  const { code, stdout } = await following.ended
  expect(code).toBe(0)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.filter(({ event }) => event === 'item-loaded').map(({ key }) => key)).toEqual([
    '1.csv',
    '2.csv',
  ])
})

test('logs that cannot be written fail no file, and are told of once', async () => {
  using scene = new CliScene()
  for (let number = 0; number < 5; number++)
    scene.write(`entrada/${number}.csv`, GOOD.replace('a@', `a${number}@`))
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  rmSync(join(scene.folder, '.cauce/logs'), { recursive: true })
  writeFileSync(join(scene.folder, '.cauce/logs'), '')
  scene.write('entrada/9.csv', GOOD.replace('a@', 'z@'))
  const { code, stderr } = await scene.cauce(['run', '--quiet'])
  expect(code).toBe(0)
  expect(stderr.split('Logs cannot be written').length).toBe(2)
})
