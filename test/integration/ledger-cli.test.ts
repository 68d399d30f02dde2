import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CliScene, HEADER } from '../cli/cli-scene.ts'
import type { PostgresDatabase } from '../servers/postgres-access.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'

async function scene(): Promise<{
  scene: CliScene
  database: PostgresDatabase
  ledger: string
  password: string
}> {
  const database = await sharedPostgres().createDatabase()
  const project = new CliScene()
  onTestFinished(async () => {
    project[Symbol.dispose]()
    await database.drop()
  })
  const { password } = new URL(database.url)
  return { scene: project, database, ledger: `${database.url}?schema=ops`, password }
}

async function schemasIn(database: PostgresDatabase): Promise<unknown[]> {
  const rows = await database.query(
    "SELECT nspname FROM pg_namespace WHERE nspname IN ('ops', 'cauce') ORDER BY 1",
  )
  return rows.map(({ nspname }) => nspname)
}

describeNeeding('postgres')('commands with a ledger on PostgreSQL', () => {
  test('asking leaves none behind, running makes it, and the ledger in home stays unborn', async () => {
    const { scene: project, database, ledger, password } = await scene()
    const asked = await project.cauce(['status', '--ledger', ledger])
    expect(asked).toMatchObject({ code: 0, stderr: '' })
    expect(asked.stdout).toContain('?schema=ops')
    expect(await schemasIn(database)).toEqual([])

    project.write('entrada/a.csv', `${HEADER}a@b.mx,1,01/02/2026\nno,1,01/02/2026\n`)
    const ran = await project.json(['run', '--ledger', ledger])
    expect(ran.document).toMatchObject({
      runs: [{ state: 'done_with_rejects', totals: { read: 2, loaded: 1, rejected: 1 } }],
    })
    expect(await schemasIn(database)).toEqual(['ops'])

    const items = await project.json(['items', '--ledger', ledger])
    expect(items.stdout).toContain('a.csv')
    const plain = await project.cauce(['status', '--ledger', ledger])
    expect(plain.stdout).toContain('ventas')
    expect(asked.stdout + plain.stdout + plain.stderr).not.toContain(password)
    const inHome = await project.cauce(['status'])
    expect(inHome.stdout).toContain(join('.cauce', 'ledger.db'))
  })

  test('check says what only this machine reaches, in both languages, and passes', async () => {
    const { scene: project, ledger, password } = await scene()
    const checked = await project.cauce(['check', '--ledger', ledger])
    expect(checked).toMatchObject({ code: 0, stderr: '' })
    for (const where of ['home', 'ventas.from', 'ventas.into']) expect(checked.stdout).toContain(where)
    expect(checked.stdout).toMatch(/this\s+machine's\s+own\s+disk/)
    expect(checked.stdout).not.toContain(password)
    const spanish = await project.cauce(['check', '--lang', 'es', '--ledger', ledger])
    expect(spanish.stdout).toMatch(/en\s+el\s+disco\s+de\s+esta\s+máquina/)
    expect((await project.json(['check', '--ledger', ledger])).document).toMatchObject({
      ledger: { issues: [], notes: [{ where: 'home' }, { where: 'ventas.from' }, { where: 'ventas.into' }] },
    })
    expect((await project.json(['check'])).document).toMatchObject({ ledger: { issues: [], notes: [] } })
  })

  test('a wrong password is 77, a server that is gone 75, a URL that is none 78, and none is told its password', async () => {
    const { scene: project, ledger, password } = await scene()
    const url = new URL(ledger)
    url.password = 'wr0ng-secret'
    const refused = await project.cauce(['run', '--ledger', url.href])
    expect(refused.code).toBe(77)
    url.port = '1'
    const gone = await project.cauce(['run', '--ledger', url.href])
    expect(gone.code).toBe(75)
    const misspelt = ledger.replace('?schema=ops', '?schema=pg_ops')
    const wrong = await project.cauce(['run', '--ledger', misspelt])
    expect(wrong.code).toBe(78)
    expect((await project.cauce(['check', '--ledger', misspelt])).code).toBe(78)
    const said = [refused, gone, wrong].map(({ stdout, stderr }) => stdout + stderr).join('\n')
    expect(said).not.toContain('wr0ng-secret')
    expect(said).not.toContain(password)
  })
})
