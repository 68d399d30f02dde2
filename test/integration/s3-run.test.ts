import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CliScene, HEADER, SALES } from '../cli/cli-scene.ts'
import { describeNeeding, sharedMinio } from '../servers/shared-servers.ts'

/** Variables of the machine the tests run on must not tell more than the project's own. */
const BARE = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_CA_BUNDLE: '', MINIO_ENDPOINT: '' }

describeNeeding('minio')('objects of a bucket', () => {
  test('are loaded once each, by the names a project has in its .env, and a replaced one again', async () => {
    const minio = sharedMinio()
    const { endpoint, accessKey, secretKey } = minio
    const bucket = await minio.createBucket()
    await bucket.put('entrada/1.csv', `${HEADER}ana@x.mx,1,01/02/2013\n`)
    await bucket.put('entrada/sub/2.csv', `${HEADER}bea@x.mx,2,01/02/2013\nmal,x,\n`)
    await bucket.put('otra/3.csv', 'nothing of ours')
    using scene = new CliScene({
      'ventas.ts': SALES.replace(
        "files(env('VENTAS_ORIGEN', './entrada'), '*.csv')",
        "files(env('VENTAS_ORIGEN', 's3:///entrada/'), '**/*.csv')",
      ).replace('states: {', "versions: 'replace',\n  states: {"),
      '.env': `MINIO_ENDPOINT=${endpoint}\nMINIO_ACCESS_KEY=${accessKey}\nMINIO_SECRET_KEY=${secretKey}\nBUCKET=${bucket.name}\n`,
    })
    expect(await totalsOf(scene)).toMatchObject({ items: 2, read: 3, loaded: 2, rejected: 1 })
    expect(await totalsOf(scene)).toMatchObject({ items: 0 })
    expect(writtenBy(scene)).toContain('entrada')
    expect(writtenBy(scene)).not.toContain(secretKey)
    // The same number of bytes, and perhaps the same second: only the ETag tells.
    await bucket.put('entrada/1.csv', `${HEADER}eva@x.mx,1,01/02/2013\n`)
    expect(await totalsOf(scene)).toMatchObject({ items: 1, read: 1, loaded: 1 })
  })

  test('are deleted when asked for, and only then', async () => {
    const minio = sharedMinio()
    const bucket = await minio.createBucket()
    await bucket.put('entrada/1.csv', `${HEADER}ana@x.mx,1,01/02/2013\n`)
    await bucket.put('entrada/nota.txt', 'stays')
    using scene = new CliScene({
      'ventas.ts': SALES.replace(
        'states: {',
        "archive: { backup: 'backup/', deleteSource: 'yes' },\n  states: {",
      ),
    })
    const env = { ...BARE, VENTAS_ORIGEN: minio.url(`${bucket.name}/entrada`) }
    expect(await totalsOf(scene, env)).toMatchObject({ items: 1, loaded: 1 })
    expect(await bucket.keys()).toEqual(['entrada/nota.txt'])
  })

  test('behind a wrong key are an access error: 77, and the key is not told', async () => {
    const minio = sharedMinio()
    const { name } = await minio.createBucket()
    using scene = new CliScene()
    const wrong = { accessKey: minio.accessKey, secretKey: 'hush-hush-hush' }
    const { code, stdout, stderr } = await scene.start(['run', 'ventas'], {
      ...BARE,
      VENTAS_ORIGEN: minio.url(`${name}/entrada`, {}, wrong),
    }).ended
    expect(code).toBe(77)
    expect(stdout + stderr).toContain('the secret key does not belong to the access key')
    expect(stdout + stderr).not.toContain('hush')
  })
})

async function totalsOf(scene: CliScene, env: Readonly<Record<string, string>> = BARE): Promise<unknown> {
  const { stdout, stderr, code } = await scene.start(['run', 'ventas', '--json'], env).ended
  if (code !== 0) throw new Error(`ended with ${code}: ${stderr}`)
  const { runs } = JSON.parse(stdout) as { readonly runs: readonly { readonly totals: unknown }[] }
  return runs[0]?.totals
}

/** Everything a run left in its home, ledger and logs included. */
function writtenBy({ folder }: CliScene): string {
  const home = join(folder, '.cauce')
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n')
}
