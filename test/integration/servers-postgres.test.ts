import { access, readFile, stat } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startPostgres } from '../servers/postgres.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'
import { containsText, startTcpProxy } from '../servers/tcp-proxy.ts'

describeNeeding('postgres')('the shared PostgreSQL', () => {
  test('each test gets an empty database in UTF-8 that does not sort by bytes', async () => {
    const server = sharedPostgres()
    const database = await server.createDatabase()
    expect(await database.query("SELECT 'peña 😀' AS text, octet_length('peña 😀') AS bytes")).toEqual([
      { text: 'peña 😀', bytes: 10 },
    ])
    const major = Number.parseInt(server.version, 10)
    expect(major).toBeGreaterThanOrEqual(14)
    const [sorted] = await database.query("SELECT 'a' < 'B' AS by_language")
    expect(sorted).toEqual({ by_language: major >= 15 })
    await database.drop()
    expect(await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [database.name])).toEqual([])
  })

  test('it offers TLS with the certificate it names, demands a password, and does not run as root', async () => {
    const server = sharedPostgres()
    const { host, port, user, password } = server
    const ca = await readFile(server.certificatePath, 'utf8')
    const client = new Client({ host, port, user, password, database: 'postgres', ssl: { ca } })
    await client.connect()
    const { rows } = await client.query(
      'SELECT ssl, pg_backend_pid() AS pid FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    )
    expect(rows).toMatchObject([{ ssl: true }])
    expect((await stat(`/proc/${(rows[0] as { pid: number }).pid}`)).uid).not.toBe(0)
    await client.end()
    const stranger = new Client({ host, port, user, password: 'wrong', database: 'postgres' })
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' })
  })

  test('a proxy can drop the reply to a COMMIT that was carried out', async () => {
    const database = await sharedPostgres().createDatabase()
    await database.query('CREATE TABLE t (a int)')
    await using proxy = await startTcpProxy(sharedPostgres())
    const client = new Client(proxy.urlFor(database.url))
    client.on('error', () => undefined)
    await client.connect()
    await client.query('BEGIN')
    await client.query('INSERT INTO t VALUES (1)')
    const dropped = proxy.dropReplyTo(containsText('COMMIT'))
    await expect(client.query('COMMIT')).rejects.toThrow(/terminated|ECONNRESET/i)
    await dropped
    expect(await database.query('SELECT a FROM t')).toEqual([{ a: 1 }])
    await database.drop()
  })
})

describeNeeding('postgres')('a PostgreSQL of one’s own', () => {
  test('it survives kill -9, ends open sessions, and leaves neither folder nor shared memory behind', async () => {
    await using server = await startPostgres()
    await server.query('CREATE TABLE t (a int)')
    await server.query('INSERT INTO t VALUES (7)')
    const pid = server.pid()
    await server.kill()
    await expect(server.query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
    await server.restart()
    expect(server.pid()).not.toBe(pid)
    expect(await server.query('SELECT a FROM t')).toEqual([{ a: 7 }])
    await server.restart()
    const idle = new Client(`${server.url}/postgres`)
    const ended = new Promise((resolve) => idle.on('error', resolve))
    await idle.connect()
    const segment = await segmentOf(dirname(server.logPath))
    expect(await segments()).toContain(segment)
    await server.kill()
    await ended
    await server.stop()
    await expect(access(dirname(server.logPath))).rejects.toThrow(/ENOENT/)
    expect(await segments()).not.toContain(segment)
  })

  test('kill -9 of the process that started it leaves none of that either', async () => {
    const main = fileURLToPath(new URL('../servers/main.ts', import.meta.url))
    const env = { ...process.env, CAUCE_TEST_SERVERS: 'postgres', CAUCE_TEST_REQUIRE: '' }
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    for await (const line of createInterface({ input: child.stdout })) {
      output += line
      if (line.includes('Ctrl-C')) break
    }
    const certificate = /"certificatePath": "([^"]+)"/.exec(output)?.[1] ?? ''
    const segment = await segmentOf(dirname(certificate))
    expect(await segments()).toContain(segment)
    child.kill('SIGKILL')
    const certificateIs = async () =>
      access(certificate).then(
        () => 'there',
        () => 'gone',
      )
    await expect.poll(certificateIs, { timeout: 20_000 }).toBe('gone')
    expect(await segments()).not.toContain(segment)
  })
})

/** The System V segment of the server whose files lie in this folder. */
async function segmentOf(folder: string): Promise<string> {
  const lines = (await readFile(join(folder, 'data/postmaster.pid'), 'utf8')).split('\n')
  return lines[6]?.trim().split(/\s+/)[1] ?? ''
}

async function segments(): Promise<readonly string[]> {
  const lines = (await readFile('/proc/sysvipc/shm', 'utf8')).trim().split('\n').slice(1)
  return lines.map((line) => line.trim().split(/\s+/)[1] ?? '')
}
