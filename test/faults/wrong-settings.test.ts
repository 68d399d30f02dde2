import { randomBytes } from 'node:crypto'
import { chmodSync, cpSync, existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { isRoot } from '../servers/account.ts'
import { freePort } from '../servers/free-port.ts'
import { runProgram } from '../servers/run-program.ts'
import { describeNeeding, sharedSftp, sharedSql } from '../servers/shared-servers.ts'
import { mountTmpfs } from '../servers/tmpfs.ts'
import { VisitsRun } from '../visits/visits-run.ts'
import { readTables, type VisitsTables } from '../visits/visits-tables.ts'
import { expectCalm } from './expect-calm.ts'
import { ledgerItems } from './ledger-items.ts'
import { sound, startOnMariadb } from './on-each-destination.ts'

const strict = fileURLToPath(new URL('../visits/projects/strict', import.meta.url))

let undisturbed: VisitsTables

/** Runs a visit that must fail as a whole: with this exit code, these words, no row loaded and no try used up. */
async function expectRefusal(
  visit: VisitsRun,
  expected: { readonly code: number; readonly says: RegExp; readonly env?: Record<string, string> },
): Promise<void> {
  const broken = await visit.run(expected.env)
  expect(broken.code, broken.stderr).toBe(expected.code)
  expect(broken.stderr).toMatch(expected.says)
  // One sentence for people, not a stack.
  expect(broken.stderr).not.toMatch(/\n\s+at /)
  expect(broken.document?.runs.flatMap(({ items }) => items).filter(({ read }) => read > 0) ?? []).toEqual([])
  expect(ledgerItems(visit).filter(({ attempts }) => attempts > 0)).toEqual([])
  expect(visit.leftovers()).toEqual([])
}

/** Runs the visit again once its trouble is gone: every file is loaded, at the first try. */
async function expectRecovery(visit: VisitsRun, owner = visit.destination): Promise<void> {
  const calm = await visit.run()
  expect(calm.code, calm.stderr).toBe(0)
  expect(ledgerItems(visit).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1])
  expect(await readTables(visit.destination)).toEqual(undisturbed)
  await expectCalm(visit, owner)
}

beforeAll(async () => {
  await using visit = sound(new VisitsRun())
  const run = await visit.run()
  expect(run.code, run.stderr).toBe(0)
  undisturbed = await readTables(visit.destination)
})

describeNeeding('mariadb')('a MariaDB that will not have us', () => {
  test('a wrong password is refused with 77, and never shown', async () => {
    await using visit = await startOnMariadb()
    const right = visit.destination
    const wrong = new URL(right)
    wrong.password = 'not-the-password'
    visit.destination = wrong.href
    await expectRefusal(visit, { code: 77, says: /refused us.*Access denied/ })
    const { stdout, stderr } = await visit.cauce(['items'])
    expect(stdout + stderr).not.toContain('not-the-password')
    visit.destination = right
    await expectRecovery(visit)
  })

  test('a database that does not exist is a mistake in the settings: 78', async () => {
    await using visit = await startOnMariadb()
    visit.destination += '_missing'
    await expectRefusal(visit, { code: 78, says: /the database does not exist; create it/ })
  })

  test('a user who may not INSERT gets 77; files go back to pending with no try used up, and load once granted', async () => {
    await using visit = await startOnMariadb()
    // The tables are there already, as in the houses where such a user makes sense.
    await runFirst(visit)
    const { name, url } = await userOn(
      visit.destination,
      'SELECT, CREATE, CREATE TEMPORARY TABLES, UPDATE, DELETE',
    )
    const owner = visit.destination
    for (const table of ['cauce_loads', 'cauce_periods', 'visitantes', 'errores', 'bitacora_control'])
      await sharedSql('mariadb').query(`GRANT INSERT ON ${databaseOf(owner)}.${table} TO '${name}'@'%'`)
    visit.destination = url
    const broken = await visit.run()
    expect(broken.code, broken.stderr).toBe(77)
    expect(broken.stderr).toMatch(/refused us.*INSERT command denied.*estadisticas/s)
    expect(ledgerItems(visit).map(({ state, attempts }) => `${state} ${attempts}`)).toEqual([
      'pending 0',
      'pending 0',
      'pending 0',
      'ready 1',
    ])
    expect((await readTables(owner)).estadisticas).toHaveLength(260)
    await sharedSql('mariadb').query(`GRANT INSERT ON ${databaseOf(owner)}.* TO '${name}'@'%'`)
    await expectRecovery(visit, owner)
  })
})

test('a server that does not listen is a passing trouble: 75, after which everything loads', async () => {
  await using visit = sound(new VisitsRun())
  const right = visit.destination
  visit.destination = `mysql://nobody:secret@127.0.0.1:${await freePort()}/visitas`
  await expectRefusal(visit, { code: 75, says: /could not be reached: .*ECONNREFUSED/ })
  visit.destination = right
  await expectRecovery(visit)
})

describeNeeding('sshd')('an SFTP server we cannot trust or that does not trust us', () => {
  const start = async () => {
    const visit = sound(new VisitsRun())
    const { path, url } = await sharedSftp().createFolder()
    cpSync(visit.source, path, { recursive: true, preserveTimestamps: true })
    const { privateKeyPath, knownHostsPath } = sharedSftp()
    const origin = (options: Readonly<Record<string, string>>): string =>
      `${url}?${new URLSearchParams({ key: privateKeyPath, known_hosts: knownHostsPath, ...options }).toString()}`
    return { visit, origin, [Symbol.asyncDispose]: async () => visit[Symbol.asyncDispose]() }
  }

  test('an unknown host key is refused with 77 and its fingerprint; pinned, everything loads', async () => {
    await using scene = await start()
    const { visit, origin } = scene
    const none = join(visit.folder, 'known_hosts')
    writeFileSync(none, '')
    await expectRefusal(visit, {
      code: 77,
      says: new RegExp(
        `has no entry for.*${sharedSftp().hostKeyFingerprint.replaceAll(/[+/]/g, '\\$&')}|${sharedSftp().hostKeyFingerprint.replaceAll(/[+/]/g, '\\$&')}.*has no entry for`,
        's',
      ),
      env: { VISITAS_ORIGEN: origin({ known_hosts: none }) },
    })
    visit.env['VISITAS_ORIGEN'] = origin({})
    await expectRecovery(visit)
  })

  test('a changed host key is refused with 77', async () => {
    await using scene = await start()
    const { visit, origin } = scene
    const other = join(visit.folder, 'known_hosts')
    const { port } = sharedSftp()
    const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g'
    writeFileSync(other, `[127.0.0.1]:${port} ssh-ed25519 ${key}\n`)
    await expectRefusal(visit, {
      code: 77,
      says: /it was changed, or this is another machine/,
      env: { VISITAS_ORIGEN: origin({ known_hosts: other }) },
    })
  })

  test('a key the server does not accept is refused with 77', async () => {
    await using scene = await start()
    const { visit, origin } = scene
    await expectRefusal(visit, {
      code: 77,
      says: /did not accept the key/,
      env: { VISITAS_ORIGEN: origin({ key: sharedSftp().strangerKeyPath }) },
    })
  })
})

describe('settings that cannot be right are refused with 78 before anything runs:', () => {
  test('a source folder that does not exist; once it does, everything loads', async () => {
    await using visit = sound(new VisitsRun())
    const elsewhere = join(visit.folder, 'elsewhere')
    renameSync(visit.source, elsewhere)
    await expectRefusal(visit, { code: 78, says: /source folder .* does not exist/ })
    renameSync(elsewhere, visit.source)
    await expectRecovery(visit)
  })

  test.each([
    ['a destination of an unknown kind', { VISITAS_DESTINO: 'oracle://u@h/d' }, /oracle/],
    ['a source of an unknown kind', { VISITAS_ORIGEN: 'gopher://host/folder' }, /gopher/],
    [
      'a destination without a database',
      { VISITAS_DESTINO: 'mysql://u:geheim@h' },
      /the database is missing/,
    ],
    ['an option nobody knows', { VISITAS_DESTINO: 'mysql://u:geheim@h/d?sll=1' }, /option/],
    [
      'a DuckDB file in no folder',
      { VISITAS_DESTINO: 'duckdb:/no/such/folder/v.duckdb' },
      /does not exist; create it/,
    ],
    ['a reference date that is none', { VISITAS_FECHA_REFERENCIA: '30/02/2013' }, /30\/02\/2013/],
    ['neither yes nor no', { VISITAS_BORRAR_ORIGEN: 'perhaps' }, /neither yes nor no/],
  ])('%s', async (_, env, says) => {
    await using visit = sound(new VisitsRun())
    await expectRefusal(visit, { code: 78, says, env })
    expect(existsSync(visit.destination.slice('duckdb:'.length))).toBe(false)
  })

  test('a variable without a value', async () => {
    await using visit = sound(new VisitsRun({ project: strict }))
    await expectRefusal(visit, { code: 78, says: /set VISITAS_DESTINO/, env: { VISITAS_DESTINO: '' } })
  })
})

test('a DuckDB file that may only be read is refused with 77 and stays as it is; allowed again, everything loads', async () => {
  // Root may write whatever the mode says, but not on a file system that is mounted read-only.
  await using place = isRoot() ? await mountTmpfs(32) : undefined
  await using visit = sound(new VisitsRun())
  const folder = place?.path ?? visit.folder
  visit.destination = `duckdb:${join(folder, 'visitas.duckdb')}`
  await runFirst(visit)
  const allow = async (writing: boolean): Promise<void> => {
    if (place === undefined) chmodSync(join(folder, 'visitas.duckdb'), writing ? 0o600 : 0o400)
    else await runProgram('mount', ['-o', `remount,${writing ? 'rw' : 'ro'}`, place.path])
  }
  await allow(false)
  const broken = await visit.run()
  expect(broken.code, broken.stderr).toBe(77)
  expect(broken.stderr).toMatch(/refused us: .*(?:Permission denied|Read-only file system)/i)
  expect(ledgerItems(visit).map(({ state, attempts }) => `${state} ${attempts}`)).toEqual([
    'pending 0',
    'pending 0',
    'pending 0',
    'ready 1',
  ])
  await allow(true)
  await expectRecovery(visit)
})

/** Loads one of the samples, so that tables are there. */
async function runFirst(visit: VisitsRun): Promise<void> {
  const first = join(visit.folder, 'first')
  cpSync(join(visit.source, 'report_5.txt'), join(first, 'report_5.txt'), { preserveTimestamps: true })
  const run = await visit.run({ VISITAS_ORIGEN: first })
  expect(run.code, run.stderr).toBe(0)
}

function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1)
}

/** A user of its own on the database of a URL, with these rights on all of it. */
async function userOn(url: string, rights: string): Promise<{ readonly name: string; readonly url: string }> {
  const name = `f_${randomBytes(5).toString('hex')}`
  const password = randomBytes(8).toString('hex')
  const server = sharedSql('mariadb')
  await server.query(`CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`)
  await server.query(`GRANT ${rights} ON ${databaseOf(url)}.* TO '${name}'@'%'`)
  const theirs = new URL(url)
  theirs.username = name
  theirs.password = password
  return { name, url: theirs.href }
}
