import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, readFile, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createConnection, type Connection } from 'mysql2/promise'
import SftpClient, { type ConnectOptions } from 'ssh2-sftp-client'
import { describe, expect, test } from 'vitest'
import { startMariadb } from '../servers/mariadb.ts'
import type { SftpCoordinates } from '../servers/sftp-access.ts'
import { describeNeeding, sharedSftp, sharedSql } from '../servers/shared-servers.ts'
import { startSshd } from '../servers/sshd.ts'
import { containsText, startTcpProxy } from '../servers/tcp-proxy.ts'
import { mountTmpfs } from '../servers/tmpfs.ts'
import { wantedServers } from '../servers/wanted.ts'

for (const name of ['mariadb', 'mysql'] as const) {
  describeNeeding(name)(name, () => {
    test('each test gets an empty database that speaks utf8mb4', async () => {
      const server = sharedSql(name)
      const database = await server.createDatabase()
      const connection = await createConnection(database.url)
      await connection.query('CREATE TABLE t (a VARCHAR(20) PRIMARY KEY)')
      await connection.query("INSERT INTO t VALUES ('peña 😀')")
      const [rows] = await connection.query('SELECT a, HEX(a) AS bytes FROM t')
      await connection.end()
      expect(rows).toEqual([{ a: 'peña 😀', bytes: Buffer.from('peña 😀').toString('hex').toUpperCase() }])
      await database.drop()
      expect(await server.query('SHOW DATABASES LIKE ?', [database.name])).toEqual([])
      expect(server.version).toMatch(name === 'mariadb' ? /MariaDB/ : /^\d+\.\d+\.\d+/)
    })

    test('it offers TLS with the certificate it names, and does not run as root', async () => {
      const server = sharedSql(name)
      const { host, port, user, password } = server
      const ca = await readFile(server.certificatePath)
      const connection = await createConnection({ host, port, user, password, ssl: { ca } })
      const [rows] = await connection.query("SHOW STATUS LIKE 'Ssl_version'")
      await connection.end()
      expect(rows).toMatchObject([{ Value: expect.stringMatching(/^TLS/) }])
      const [paths] = await server.query('SELECT @@pid_file AS pidFile')
      const pid = (await readFile(String(paths?.['pidFile']), 'utf8')).trim()
      expect((await stat(`/proc/${pid}`)).uid).not.toBe(0)
    })

    test('a proxy can drop the reply to a COMMIT that was carried out', async () => {
      const server = sharedSql(name)
      const database = await server.createDatabase()
      await using proxy = await startTcpProxy(server)
      const connection = await openTransaction(database.url, proxy.urlFor(database.url))
      const dropped = proxy.dropReplyTo(containsText('COMMIT'))
      await expect(connection.query('COMMIT')).rejects.toThrow(/ECONNRESET|closed/i)
      await dropped
      expect(await server.query(`SELECT a FROM ${database.name}.t`)).toEqual([{ a: 1 }])
      await database.drop()
    })

    test('a proxy can lose a COMMIT before it arrives', async () => {
      const server = sharedSql(name)
      const database = await server.createDatabase()
      await using proxy = await startTcpProxy(server)
      const connection = await openTransaction(database.url, proxy.urlFor(database.url))
      const dropped = proxy.dropRequest(containsText('COMMIT'))
      await expect(connection.query('COMMIT')).rejects.toThrow(/ECONNRESET|closed/i)
      await dropped
      expect(await server.query(`SELECT a FROM ${database.name}.t`)).toEqual([])
      await database.drop()
    })
  })
}

describeNeeding('mariadb')('a MariaDB of one’s own', () => {
  test('it survives kill -9, can forbid LOAD DATA LOCAL, and leaves nothing behind', async () => {
    await using server = await startMariadb()
    const database = await server.createDatabase()
    await server.query(`CREATE TABLE ${database.name}.t (a INT)`)
    await server.query(`INSERT INTO ${database.name}.t VALUES (7)`)
    const pid = server.pid()
    await server.kill()
    await expect(server.query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
    await server.restart()
    expect(server.pid()).not.toBe(pid)
    expect(await server.query(`SELECT a FROM ${database.name}.t`)).toEqual([{ a: 7 }])
    await server.setLocalInfile(false)
    expect(await server.query('SELECT @@local_infile AS allowed')).toEqual([{ allowed: 0 }])
    await server.stop()
    await expect(access(join(server.logPath, '..'))).rejects.toThrow(/ENOENT/)
  })
})

describeNeeding('sshd')('sshd', () => {
  test('it takes the right key, also one with a passphrase, and lists a folder', async () => {
    const sftp = sharedSftp()
    const folder = await sftp.createFolder()
    await writeFile(join(folder.path, 'report_7.txt'), 'email,jk\n')
    const keys = [{ path: sftp.privateKeyPath }, sftp.protectedKey]
    for (const { path, ...passphrase } of keys) {
      const client = await connected(sftp, { privateKey: await readFile(path), ...passphrase })
      expect((await client.list(folder.path)).map((file) => file.name)).toEqual(['report_7.txt'])
      await client.end()
    }
    expect(new URL(folder.url).pathname).toBe(folder.path)
  })

  test('it refuses a stranger’s key', async () => {
    const sftp = sharedSftp()
    const privateKey = await readFile(sftp.strangerKeyPath)
    await expect(connected(sftp, { privateKey })).rejects.toThrow(/authentication/i)
  })

  test('it shows the host key that is named, and lets a file be deleted', async () => {
    const sftp = sharedSftp()
    const folder = await sftp.createFolder()
    await writeFile(join(folder.path, 'a.txt'), 'a')
    const seen: Buffer[] = []
    const hostVerifier = (key: Buffer) => seen.push(key) > 0
    const client = await connected(sftp, { privateKey: await readFile(sftp.privateKeyPath), hostVerifier })
    await client.delete(join(folder.path, 'a.txt'))
    await client.end()
    await expect(access(join(folder.path, 'a.txt'))).rejects.toThrow(/ENOENT/)
    const hostKey = Buffer.concat(seen)
    const hash = createHash('sha256').update(hostKey).digest('base64').replace(/=+$/, '')
    expect(`SHA256:${hash}`).toBe(sftp.hostKeyFingerprint)
    const line = `[${sftp.host}]:${sftp.port} ssh-ed25519 ${hostKey.toString('base64')}\n`
    expect(await readFile(sftp.knownHostsPath, 'utf8')).toContain(line)
  })

  test('one of one’s own can be killed in the middle of a transfer and come back', async () => {
    await using sftp = await startSshd()
    const folder = await sftp.createFolder()
    const sizeBytes = 64 << 20
    await writeFile(join(folder.path, 'large.bin'), Buffer.alloc(sizeBytes))
    const privateKey = await readFile(sftp.privateKeyPath)
    const client = await connected(sftp, { privateKey })
    const transfer = client.get(join(folder.path, 'large.bin')).then(
      () => 'complete',
      () => 'broken',
    )
    await sleep(30)
    await sftp.kill()
    expect(await transfer).toBe('broken')
    await sftp.restart()
    const again = await connected(sftp, { privateKey })
    expect((await again.list(folder.path)).map((file) => file.size)).toEqual([sizeBytes])
    await again.end()
  })
})

describeNeeding('sshd-password')('sshd with passwords', () => {
  test('it takes the password, refuses a wrong one, and adds no account to the machine', async () => {
    const sftp = sharedSftp()
    const folder = await sftp.createFolder()
    const url = new URL(folder.passwordUrl ?? '')
    const where = { host: url.hostname, port: Number(url.port), user: url.username }
    const client = await connected(where, { password: url.password })
    await client.put(Buffer.from('abc'), `${url.pathname}/b.txt`)
    await client.end()
    expect((await stat(join(folder.path, 'b.txt'))).uid).toBe(sftp.uid)
    await expect(connected(where, { password: 'wrong' })).rejects.toThrow(/authentication/i)
    expect(await readFile('/etc/passwd', 'utf8')).not.toContain(where.user)
  })
})

describeNeeding('sshd')('the proxy', () => {
  test('it cuts after so many bytes, delays, swallows, refuses and heals', async () => {
    await using proxy = await startTcpProxy(sharedSftp())
    const greeting = async (waitMs: number) => firstBytes(proxy, waitMs)
    expect(await greeting(5_000)).toContain('SSH-2.0')

    proxy.cutAfter('to-client', 5)
    expect(await greeting(5_000)).toBe('SSH-2')
    await proxy.heal()

    proxy.setLatency(150)
    const begin = performance.now()
    expect(await greeting(5_000)).toContain('SSH-2.0')
    expect(performance.now() - begin).toBeGreaterThan(140)
    await proxy.heal()

    proxy.blackHole()
    expect(await greeting(200)).toBe('')
    await proxy.refuse()
    expect(await greeting(5_000)).toBe('ECONNREFUSED')
    expect(proxy.openConnections()).toBe(0)
    await proxy.heal()
    expect(await greeting(5_000)).toContain('SSH-2.0')
  })

  test('it carries a file both ways unharmed', async () => {
    const sftp = sharedSftp()
    const folder = await sftp.createFolder()
    await using proxy = await startTcpProxy(sftp)
    const bytes = Buffer.alloc(1 << 20, 'ríos ')
    const privateKey = await readFile(sftp.privateKeyPath)
    const client = await connected({ ...sftp, port: proxy.port }, { privateKey })
    await client.put(bytes, `${folder.path}/r.bin`)
    expect(bytes.equals((await client.get(`${folder.path}/r.bin`)) as Buffer)).toBe(true)
    await client.end()
  })
})

describeNeeding('tmpfs')('tmpfs', () => {
  test('a small file system fills up, and is gone afterwards', async () => {
    const small = await mountTmpfs(1)
    await expect(writeFile(join(small.path, 'a'), Buffer.alloc(2 << 20))).rejects.toThrow(/ENOSPC/)
    await small.unmount()
    expect(await readFile('/proc/mounts', 'utf8')).not.toContain(small.path)
  })
})

describeNeeding('mariadb', 'sshd')('kill -9 of the process that started servers', () => {
  test('it leaves no server and no folder', async () => {
    const main = fileURLToPath(new URL('../servers/main.ts', import.meta.url))
    const env = { ...process.env, CAUCE_TEST_SERVERS: 'mariadb,sshd', CAUCE_TEST_REQUIRE: '' }
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    for await (const line of createInterface({ input: child.stdout })) {
      output += line
      if (line.includes('Ctrl-C')) break
    }
    const root = /"rootFolder": "([^"]+)"/.exec(output)?.[1] ?? ''
    const ports = [...output.matchAll(/"port": (\d+)/g)].map((match) => Number(match[1]))
    expect(ports.length).toBeGreaterThanOrEqual(2)
    await access(root)
    child.kill('SIGKILL')
    const rootIs = async () =>
      access(root).then(
        () => 'there',
        () => 'gone',
      )
    await expect.poll(rootIs, { timeout: 20_000 }).toBe('gone')
    for (const port of ports) {
      // A server that was just killed may still be closing its port.
      const answer = async () => firstBytes({ host: '127.0.0.1', port }, 2_000)
      await expect.poll(answer, { timeout: 20_000 }).toBe('ECONNREFUSED')
    }
  })
})

describe('the settings', () => {
  test('a name that is no server is refused with those there are', () => {
    const misspelt = { CAUCE_TEST_REQUIRE: 'mariadbb' }
    expect(() => wantedServers(misspelt)).toThrow(
      '"mariadbb"; there are mariadb, minio, mysql, postgres, sshd',
    )
  })

  test('what is required is started even where the list of servers leaves it out', () => {
    const wanted = wantedServers({ CAUCE_TEST_SERVERS: 'sshd', CAUCE_TEST_REQUIRE: 'mariadb' })
    expect([...wanted.servers]).toEqual(['sshd', 'mariadb'])
    expect([...wanted.required]).toEqual(['mariadb'])
  })
})

/** A table made directly, and on a connection through the proxy one row that is not committed yet. */
async function openTransaction(direct: string, throughProxy: string): Promise<Connection> {
  const setUp = await createConnection(direct)
  await setUp.query('CREATE TABLE t (a INT PRIMARY KEY)')
  await setUp.end()
  const connection = await createConnection(throughProxy)
  await connection.query('START TRANSACTION')
  await connection.query('INSERT INTO t VALUES (1)')
  return connection
}

async function connected(
  where: Pick<SftpCoordinates, 'host' | 'port' | 'user'>,
  login: ConnectOptions,
): Promise<SftpClient> {
  const ignore = () => undefined
  const client = new SftpClient('test', { error: ignore, end: ignore, close: ignore })
  await client.connect({ host: where.host, port: where.port, username: where.user, ...login })
  return client
}

/** What the other side sends first, up to a line end, the end or an error; the error's code when nothing came. */
async function firstBytes(where: { host: string; port: number }, waitMs: number): Promise<string> {
  const socket = connect(where)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  let text = ''
  socket.setEncoding('latin1')
  socket.on('error', (error: NodeJS.ErrnoException) => (text ||= error.code ?? ''))
  socket.on('data', (chunk: string) => {
    text += chunk
    if (text.includes('\n')) socket.destroy()
  })
  await Promise.race([closed, sleep(waitMs)])
  socket.destroy()
  return text
}
