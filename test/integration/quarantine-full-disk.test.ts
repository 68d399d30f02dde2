import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CliScene, HEADER } from '../cli/cli-scene.ts'
import { describeNeeding } from '../servers/shared-servers.ts'
import { mountTmpfs } from '../servers/tmpfs.ts'

const GOOD = `${HEADER}a@x.mx,1,01/02/2013\n`

interface Waiting {
  readonly state: string
  readonly quarantine: string | null
  readonly error: { readonly code: string }
}

describeNeeding('tmpfs')('a disk without room for quarantine', () => {
  test('loses no failure: the file is put aside by a run that finds room again', async () => {
    await using disk = await mountTmpfs(4)
    using scene = new CliScene()
    scene.write('entrada/0.csv', GOOD)
    expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
    symlinkSync(disk.path, join(scene.folder, '.cauce/quarantine'))
    const { bavail, bsize } = statfsSync(disk.path)
    const filler = join(disk.path, 'filler')
    writeFileSync(filler, Buffer.alloc(bavail * bsize - 300_000))
    scene.write('entrada/1.csv', `correo,otra\n${randomBytes(500_000).toString('hex')}\n`)
    const failed = await scene.cauce(['run'])
    expect(failed.code).toBe(65)
    expect(failed.stderr).toMatch(/no room|disk|space/i)
    const items = async (): Promise<readonly Waiting[]> =>
      ((await scene.json(['quarantine'])).document as { readonly items: readonly Waiting[] }).items
    expect(await items()).toMatchObject([
      { state: 'failed_layout', quarantine: null, error: { code: 'LAYOUT_COLUMNS' } },
    ])
    expect(readdirSync(disk.path)).toEqual(['filler'])
    rmSync(filler)
    expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
    expect((await items())[0]?.quarantine).toMatch(/quarantine\/\d+_[0-9a-f]{12}$/)
    expect(readdirSync(disk.path)).toHaveLength(1)
  }, 120_000)
})
