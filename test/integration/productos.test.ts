import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { CliScene } from '../cli/cli-scene.ts'
import { rowsOf, workbookOf } from '../../packages/cauce/src/formats/xlsx/workbook.test-kit.ts'
import { describeNeeding, sharedMinio, sharedPostgres } from '../servers/shared-servers.ts'

const project = fileURLToPath(new URL('../../examples/minio-postgres', import.meta.url))
const samples = join(project, 'entrada')

/** The samples' own count: ten products in four formats, of which one has a negative price and one eight in words. */
const SAMPLES = { items: 4, read: 10, loaded: 8, rejected: 2, skipped: 0 }

async function run(scene: CliScene, env: Readonly<Record<string, string>>) {
  const words = ['run', 'productos', '--project', project, '--home', join(scene.folder, 'home')]
  const { code, stderr, document } = await scene.json(words, { ORIGEN: '', DESTINO: '', BUCKET: '', ...env })
  expect(code, stderr).toBe(0)
  return document
}

test('without any server the samples go into a DuckDB file, once', async () => {
  using scene = new CliScene()
  const env = { DESTINO: `duckdb:${join(scene.folder, 'x.duckdb')}` }
  expect(await run(scene, env)).toMatchObject({ runs: [{ state: 'done_with_rejects', totals: SAMPLES }] })
  expect(await run(scene, env)).toMatchObject({ runs: [{ totals: { items: 0 } }] })
})

describeNeeding('minio', 'postgres')('the products of a bucket', () => {
  test('go into PostgreSQL by the names the team has in its environment; a list that changes takes its own place', async () => {
    using scene = new CliScene()
    const minio = sharedMinio()
    const bucket = await minio.createBucket()
    const postgres = sharedPostgres()
    const database = await postgres.createDatabase()
    for (const name of readdirSync(samples, { recursive: true, encoding: 'utf8' }))
      if (/\.\w+$/.test(name)) await bucket.put(name, readFileSync(join(samples, name)))
    const sheet = [
      ['sku', 'nombre', 'Categoría', 'precio', 'existencias', 'actualizado'],
      ['S-201', 'Vela de cera', 'Hogar', 38.5, 100, '2026-02-20'],
    ]
    await bucket.put(
      'tienda_sur/hogar.xlsx',
      workbookOf({ sheets: [{ name: 'Lista', rows: rowsOf(...sheet) }] }),
    )
    const env = {
      BUCKET: bucket.name,
      MINIO_ENDPOINT: minio.endpoint,
      MINIO_ACCESS_KEY: minio.accessKey,
      MINIO_SECRET_KEY: minio.secretKey,
      DATABASE_HOST: postgres.host,
      DATABASE_PORT: String(postgres.port),
      DATABASE_NAME: database.name,
      DATABASE_USER: postgres.user,
      DATABASE_PASSWORD: postgres.password,
      DATABASE_SCHEMA: 'tienda',
      AWS_CA_BUNDLE: '',
    }
    expect(await run(scene, env)).toMatchObject({
      runs: [{ totals: { ...SAMPLES, items: 5, read: 11, loaded: 9 } }],
    })
    const found = async (sku: string) =>
      database.query('select nombre, precio::text, existencias::int from tienda.productos where sku = $1', [
        sku,
      ])
    expect(await found('N-001')).toEqual([
      { nombre: 'Café de olla 500 g', precio: '129.90', existencias: 48 },
    ])
    expect(await found('S-201')).toEqual([{ nombre: 'Vela de cera', precio: '38.50', existencias: 100 }])
    await bucket.put(
      'tienda_norte/2026-01.csv',
      'sku,nombre,categoria,precio,existencias,actualizado\nN-001,Café,Bebidas,135,40,2026-03-01\n',
    )
    expect(await run(scene, env)).toMatchObject({ runs: [{ totals: { items: 1, read: 1, loaded: 1 } }] })
    expect(await found('N-001')).toEqual([{ nombre: 'Café', precio: '135.00', existencias: 40 }])
    expect(await found('N-002')).toEqual([])
    const states = await database.query(
      'select status, count(*)::int as n from tienda.cargas group by 1 order by 1',
    )
    expect(states.reduce((sum, { n }) => sum + Number(n), 0)).toBe(6)
    await database.drop()
  })
})
