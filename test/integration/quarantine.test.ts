import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { QUARANTINE_FAILPOINTS } from '../../packages/cauce/src/model/failpoint.ts'
import { CliScene, HEADER, SALES } from '../cli/cli-scene.ts'

const GOOD = `${HEADER}a@x.mx,1,01/02/2013\nb@x.mx,2,\n`
const WRONG_LAYOUT = 'correo,pzas,dia\na@x.mx,1,01/02/2013\n'
const MENDED = SALES.replace('integer().min(0)', "integer().min(0).from('pzas')")

interface Story {
  readonly key: string
  readonly state: string
  readonly attempts: readonly unknown[]
  readonly file: { readonly bytes: number } | null
  readonly log: readonly { readonly event: string }[]
}

interface Waiting {
  readonly id: number
  readonly key: string
  readonly state: string
  readonly quarantine: string
  readonly error: { readonly code: string }
}

const foldersOf = (scene: CliScene): readonly string[] => {
  const path = join(scene.folder, '.cauce/quarantine')
  return existsSync(path) ? readdirSync(path) : []
}

const storyOf = (scene: CliScene, folder: string): Story =>
  JSON.parse(readFileSync(join(scene.folder, '.cauce/quarantine', folder, 'story.json'), 'utf8')) as Story

async function waiting(scene: CliScene): Promise<readonly Waiting[]> {
  return ((await scene.json(['quarantine'])).document as { readonly items: readonly Waiting[] }).items
}

test('a file that is not as agreed waits with its story; mended and released it is loaded, and its folder goes', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', WRONG_LAYOUT)
  scene.write('entrada/2.csv', GOOD)
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(65)
  const [folder = ''] = foldersOf(scene)
  expect(foldersOf(scene)).toHaveLength(1)
  expect(readFileSync(join(scene.folder, '.cauce/quarantine', folder, 'original'), 'utf8')).toBe(WRONG_LAYOUT)
  expect(existsSync(join(scene.folder, 'entrada/1.csv'))).toBe(true)
  const story = storyOf(scene, folder)
  expect(story).toMatchObject({ key: '1.csv', state: 'failed_layout', file: { bytes: WRONG_LAYOUT.length } })
  expect(story.log.at(-1)?.event).toBe('item-failed')
  expect(readdirSync(join(scene.folder, '.cauce/spool'))).toEqual([])

  const [item] = await waiting(scene)
  expect(item).toMatchObject({ key: '1.csv', state: 'failed_layout', error: { code: 'LAYOUT_COLUMNS' } })
  expect(item?.quarantine).toBe(join(scene.folder, '.cauce/quarantine', folder))
  expect((await scene.cauce(['quarantine', '--lang', 'es'])).stdout).toMatch(
    /1\.csv +MALO .*LAYOUT_COLUMNS .*guardado/,
  )
  const shown = await scene.cauce(['quarantine', 'show', '1.csv'])
  expect(shown.stdout).toContain('1.csv does not have the agreed columns')
  expect(shown.stdout).toContain('original')
  expect(shown.stdout).toContain('MALO in attempt 1')
  expect(shown.stdout).toContain(`cauce quarantine release ${item?.id}`)

  writeFileSync(join(scene.folder, 'ventas.ts'), MENDED)
  const released = await scene.json(['quarantine', 'release', '1.csv', '--reason', 'the contract was mended'])
  expect(released.document).toMatchObject({ released: [{ key: '1.csv', state: 'pending' }], refused: [] })
  expect(foldersOf(scene)).toEqual([folder])
  const history = (await scene.json(['items', 'show', '1.csv'])).document as {
    readonly transitions: readonly { readonly by: string; readonly reason: string }[]
  }
  expect(history.transitions.at(-1)).toMatchObject({
    reason: 'the contract was mended',
    by: expect.stringContaining('@') as string,
  })
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  expect(foldersOf(scene)).toEqual([])
  expect(await waiting(scene)).toEqual([])
  expect((await scene.cauce(['quarantine'])).stdout).toContain('Nothing is in quarantine.')
  expect((await scene.cauce(['logs', '1.csv'])).stdout).toContain('the contract was mended')
}, 120_000)

test('what is released is read from quarantine where its source no longer has it, if it is what was read', async () => {
  const once = (text: string): string => text.replace('  states:', '  retry: { attempts: 1 },\n  states:')
  using scene = new CliScene({ 'ventas.ts': once(SALES) })
  scene.write('entrada/1.csv', WRONG_LAYOUT)
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(65)
  rmSync(join(scene.folder, 'entrada/1.csv'))
  const [folder = ''] = foldersOf(scene)
  const copy = join(scene.folder, '.cauce/quarantine', folder, 'original')
  writeFileSync(join(scene.folder, 'ventas.ts'), once(MENDED))
  writeFileSync(copy, WRONG_LAYOUT.replace('a@', 'b@'))
  expect((await scene.cauce(['quarantine', 'release', '1.csv'])).code).toBe(0)
  expect((await scene.cauce(['run', '--quiet'])).code).not.toBe(0)
  expect((await waiting(scene))[0]).toMatchObject({ key: '1.csv', error: { code: 'BACKUP_FAILED' } })
  writeFileSync(copy, WRONG_LAYOUT)
  expect((await scene.cauce(['quarantine', 'release', '1.csv'])).code).toBe(0)
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  const shown = (await scene.json(['items', 'show', '1.csv'])).document
  expect(shown).toMatchObject({ state: 'ready', read: 1, loaded: 1 })
  expect(foldersOf(scene)).toEqual([])
}, 120_000)

test('who discards says why; the folder stays, and the item is out of quarantine', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', WRONG_LAYOUT)
  scene.write('entrada/2.csv', GOOD)
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(65)
  const silent = await scene.cauce(['quarantine', 'discard', '1.csv'])
  expect([silent.code, silent.stderr]).toEqual([64, expect.stringContaining('--reason')])
  const discarded = await scene.cauce([
    'quarantine',
    'discard',
    '1.csv',
    '--reason',
    'se mandó dos veces',
    '--lang',
    'es',
  ])
  expect([discarded.code, discarded.stdout]).toEqual([0, expect.stringContaining('1.csv: no se cargará.')])
  expect(await waiting(scene)).toEqual([])
  expect(foldersOf(scene)).toHaveLength(1)
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  expect(foldersOf(scene)).toHaveLength(1)
  const again = await scene.cauce(['quarantine', 'release', '1.csv'])
  expect([again.code, again.stderr]).toEqual([64, expect.stringContaining('only what failed or was refused')])
  expect((await scene.cauce(['quarantine', 'release', '2.csv'])).code).toBe(64)
  expect((await scene.cauce(['quarantine', 'release', 'none.csv'])).code).toBe(64)
  expect((await scene.cauce(['quarantine', 'release'])).code).toBe(64)
  expect((await scene.json(['quarantine', 'release', '--all'])).document).toEqual({
    released: [],
    refused: [],
  })
}, 120_000)

test('whoever is killed after a failure is recorded leaves it to the next run to put the file aside', async () => {
  using scene = new CliScene()
  scene.write('entrada/1.csv', WRONG_LAYOUT)
  const killed = await scene.cauce(['run', '--quiet'], { CAUCE_FAIL_AT: 'worker:after-settle' })
  expect(killed.code).not.toBe(65)
  expect(foldersOf(scene)).toEqual([])
  expect((await waiting(scene))[0]).toMatchObject({ key: '1.csv', quarantine: null })
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  const [folder = ''] = foldersOf(scene)
  expect(storyOf(scene, folder)).toMatchObject({ key: '1.csv', file: { bytes: WRONG_LAYOUT.length } })
  expect((await waiting(scene))[0]?.quarantine).toContain(folder)
})

test.each(QUARANTINE_FAILPOINTS)(
  'whoever is killed at %s leaves nothing the next runs do not put in order',
  async (point) => {
    using scene = new CliScene()
    scene.write('entrada/1.csv', WRONG_LAYOUT)
    const isOfRemoval = point === 'quarantine:half-removed'
    if (!isOfRemoval) await scene.cauce(['run', '--quiet'], { CAUCE_FAIL_AT: point })
    expect((await scene.cauce(['run', '--quiet'])).code).toBe(isOfRemoval ? 65 : 0)
    const [folder = ''] = foldersOf(scene)
    expect(foldersOf(scene)).toHaveLength(1)
    expect(readdirSync(join(scene.folder, '.cauce/quarantine', folder))).toEqual([
      'item.log',
      'original',
      'story.json',
    ])
    expect((await waiting(scene))[0]?.quarantine).toContain(folder)
    writeFileSync(join(scene.folder, 'ventas.ts'), MENDED)
    expect((await scene.cauce(['quarantine', 'release', '--all'])).code).toBe(0)
    if (isOfRemoval) await scene.cauce(['run', '--quiet'], { CAUCE_FAIL_AT: point })
    expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
    expect(foldersOf(scene)).toEqual([])
  },
  120_000,
)

test('a file that fails for want of its database is put aside from the spool, and once more in the same folder', async () => {
  const project = SALES.replace('  states:', '  retry: { attempts: 1 },\n  states:')
  using scene = new CliScene({ 'ventas.ts': project })
  scene.write('entrada/1.csv', GOOD)
  const env = { VENTAS_DESTINO: 'mysql://etl:hidden@127.0.0.1:1/visitas?timeout=1' }
  expect((await scene.cauce(['run', '--quiet'], env)).code).toBe(75)
  const [folder = ''] = foldersOf(scene)
  expect(storyOf(scene, folder)).toMatchObject({ state: 'failed_system', file: { bytes: GOOD.length } })
  expect((await scene.cauce(['run', '--quiet'], env)).code).toBe(75)
  expect(foldersOf(scene)).toEqual([folder])
  expect(storyOf(scene, folder).attempts).toHaveLength(2)
  expect(readFileSync(join(scene.folder, '.cauce/quarantine', folder, 'story.json'), 'utf8')).not.toContain(
    'hidden',
  )
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  expect(foldersOf(scene)).toEqual([])
})

test('a quarantine that cannot be written to fails no run otherwise than the file does, and is made up for', async () => {
  using scene = new CliScene()
  scene.write('entrada/0.csv', GOOD)
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  writeFileSync(join(scene.folder, '.cauce/quarantine'), 'in its place')
  scene.write('entrada/1.csv', WRONG_LAYOUT)
  const ended = await scene.cauce(['run'])
  expect(ended.code).toBe(65)
  expect(ended.stderr).toContain('could not be put aside')
  rmSync(join(scene.folder, '.cauce/quarantine'))
  expect((await scene.cauce(['run', '--quiet'])).code).toBe(0)
  expect(foldersOf(scene)).toHaveLength(1)
})
