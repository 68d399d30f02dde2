import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CliScene, HEADER, SALES } from '../cli/cli-scene.ts'
import { overwrite, REPORT, replacingVisits } from '../replace/replace-visits.ts'
import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import { readTables, type VisitsTables } from '../visits/visits-tables.ts'

describeNeeding()('versions and reloads by the command, into DuckDB', () => {
  reloading(async () => undefined)
})

describeNeeding('mariadb')('versions and reloads by the command, into MariaDB', () => {
  reloading(async () => (await sharedSql('mariadb').createDatabase()).url)
})

function reloading(freshDestination: () => Promise<string | undefined>): void {
  test('a new version takes the place of the old one, a reload that of the new one', async () => {
    await using visit = replacingVisits(await freshDestination())
    expect((await visit.run()).code).toBe(0)
    overwrite(visit)
    const second = await visit.run()
    expect(second.document?.runs[0]?.items).toMatchObject([{ key: REPORT, state: 'ready_with_rejects' }])
    const replaced = await readTables(visit.destination)
    expect(statesOf(replaced)).toEqual(['COMPLETADO_CON_ERRORES', 'REEMPLAZADO'])

    const asked = await visit.cauce(['reload', 'visitas', REPORT, '--json'])
    expect(asked.code, asked.stderr).toBe(0)
    expect(JSON.parse(asked.stdout)).toMatchObject({
      reloaded: [{ key: REPORT, state: 'pending' }],
      refused: [],
    })
    const twice = await visit.cauce(['reload', 'visitas', REPORT, '--lang', 'es'])
    expect([twice.code, twice.stderr]).toEqual([
      64,
      expect.stringContaining('una recarga a la vez') as string,
    ])
    expect((await visit.run()).code).toBe(0)
    expect(withoutLoads(await readTables(visit.destination))).toEqual(withoutLoads(replaced))
  }, 180_000)

  test('a file that is gone from the source is reloaded from its kept copy, and not deleted twice', async () => {
    await using visit = replacingVisits(await freshDestination())
    expect((await visit.run({ VISITAS_BORRAR_ORIGEN: 'yes' })).code).toBe(0)
    expect(existsSync(join(visit.source, REPORT))).toBe(false)
    const before = await readTables(visit.destination)
    expect((await visit.cauce(['reload', 'visitas', REPORT])).code).toBe(0)
    const again = await visit.run({ VISITAS_BORRAR_ORIGEN: 'yes' })
    expect(again.document?.runs[0]?.items, again.stderr).toMatchObject([
      { key: REPORT, state: 'ready_with_rejects' },
    ])
    expect(withoutLoads(await readTables(visit.destination))).toEqual(withoutLoads(before))
  }, 180_000)
}

test('what could not be taken out again is not reloaded, and the command names tables and remedies', async () => {
  const unloadable = SALES.replace("      detail: 'ventas',\n", '').replace(
    'append(valid)',
    'append(valid, { technicalColumns: false })',
  )
  using scene = new CliScene({ 'ventas.ts': unloadable })
  scene.write('entrada/1.csv', `${HEADER}a@x.mx,1,01/02/2013\n`)
  expect((await scene.cauce(['run'])).code).toBe(0)
  const { code, stderr } = await scene.cauce(['reload', 'ventas', '1.csv'])
  expect(code).toBe(78)
  expect(stderr).toMatch(/tables\.ventas: .*technicalColumns: false.*\n.*tables\.clientes: .*`detail`/s)
  const { document } = await scene.json(['items', 'list'])
  expect(document).toMatchObject({ items: [{ key: '1.csv', state: 'ready' }] })
})

test('a reload asked for before the declaration was changed fails by itself, with the remedy, and can be sent back', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', `${HEADER}a@x.mx,1,01/02/2013\n`)
  expect((await scene.cauce(['run'])).code).toBe(0)
  expect((await scene.cauce(['reload', 'ventas', '1.csv'])).code).toBe(0)
  scene.write('ventas.ts', SALES.replace("      detail: 'ventas',\n", ''))
  const failed = await scene.cauce(['run'])
  expect(failed.code).toBe(65)
  expect(failed.stdout + failed.stderr).toMatch(/tables\.clientes/)
  scene.write('ventas.ts', SALES)
  expect((await scene.cauce(['retry', 'ventas', '1.csv'])).code).toBe(0)
  expect((await scene.cauce(['run'])).code).toBe(0)
  const rows = await scene.cauce(['sql', 'SELECT count(*) AS n, sum(piezas) AS p FROM ventas', '--json'])
  expect(JSON.parse(rows.stdout)).toMatchObject({ rows: [{ n: 1, p: 1 }] })
})

test('check refuses to let versions replace one another where a merged query needs what no table keeps', async () => {
  const replacing = SALES.replace('states: {', "versions: 'replace',\n  states: {")
  using sound = new CliScene({ 'ventas.ts': replacing })
  expect((await sound.cauce(['check'])).code).toBe(0)
  const query = 'sum(piezas) AS piezas FROM valid GROUP BY correo'
  const needy = replacing.replace(
    query,
    'sum(piezas) + (SELECT count(*) FROM rejects) AS piezas FROM valid GROUP BY correo',
  )
  using scene = new CliScene({ 'ventas.ts': needy })
  const { code, stdout, stderr } = await scene.cauce(['check'])
  expect(code).toBe(78)
  expect(stdout + stderr).toMatch(/tables\.clientes\.from.*must do with what "ventas" keeps.*rejects/s)
})

test('only what is loaded is reloaded', async () => {
  using scene = new CliScene()
  const nothing = await scene.cauce(['reload', 'ventas', '1.csv'])
  expect([nothing.code, nothing.stderr]).toEqual([0, ''])
  scene.write('entrada/1.csv', 'correo,otra\na@x.mx,1\n')
  expect((await scene.cauce(['run'])).code).toBe(65)
  const { code, stderr } = await scene.cauce(['reload', 'ventas', '1.csv'])
  expect(code).toBe(64)
  expect(stderr).toContain('1.csv: is MALO; only loaded items are reloaded')
  expect((await scene.cauce(['reload', 'ventas', 'nope.csv'])).code).toBe(64)
})

/** States of the report's versions in the load report. */
function statesOf({ bitacora }: VisitsTables): readonly string[] {
  return bitacora
    .filter((line) => line.startsWith(`${REPORT},`))
    .map((line) => line.split(',').at(-1) ?? '')
    .toSorted()
}

/** Tables without the keys of loads, which a reload changes. */
function withoutLoads(tables: VisitsTables): VisitsTables {
  const bare = (lines: readonly string[]): readonly string[] =>
    lines.map((line) => line.replaceAll(/\b[0-9a-f]{64}\b/g, '')).toSorted()
  const { visitantes, estadisticas, errores, bitacora } = tables
  return {
    visitantes,
    estadisticas: bare(estadisticas),
    errores: bare(errores),
    bitacora: bitacora.toSorted(),
  }
}
